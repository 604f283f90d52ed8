"""Writing a referral before anybody else sees it."""

import pytest
from pydantic import ValidationError

from services.referrals.domain.referral.events import DraftEdited, Urgency
from services.referrals.domain.referral.refusals import (
    AlreadyBegun,
    IntakeIncomplete,
    NotPossibleNow,
    NotTheSender,
)
from services.referrals.domain.referral.state import Stage
from shared.kernel.personal import Hidden, Personal
from tests.referrals import asking, happened
from tests.referrals.after import After
from tests.referrals.ways import INFOHUS, PSP, UKN, WAYS, Way


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
def test_a_unit_begins_a_referral(after: After, way: Way) -> None:
    """A draft holds the programme, whether its existence is secret, and the answers, closed."""
    after(way).when(asking.draft(way)).then(happened.drafted(way))


def test_there_is_one_referral_in_one_place(after: After) -> None:
    """A referral is begun once."""
    after(PSP, Stage.DRAFT).when(asking.draft(PSP)).then_refused(AlreadyBegun)


def test_a_draft_may_be_unfinished(after: After) -> None:
    """What is missing or wrong on the form keeps it from being sent, not from being begun."""
    unfinished = {"birth_date": "i foråret"}
    intake = {"birth_date": Personal("i foråret")}
    begun = happened.drafted(UKN, intake=intake)
    after(UKN).when(asking.draft(UKN, intake=unfinished)).then(begun)
    after(UKN).when(asking.draft(UKN, intake={})).then(happened.drafted(UKN, intake={}))


def test_only_the_fields_of_the_form_are_answered(after: After) -> None:
    """The names of fields stand in clear in what is stored, so people cannot write there."""
    strange = {"name": "Opdigtet", "Opdigtet Testesen": "bor på Opdigtet Allé 7"}
    begun = after(INFOHUS).when(asking.draft(INFOHUS, intake=strange))
    refused = begun.then_refused(IntakeIncomplete)
    assert [mistake["field"] for mistake in refused.facts["fields"]] == ["Opdigtet Testesen"]
    assert "Allé" not in repr(refused.facts)
    edited = after(INFOHUS, Stage.DRAFT).when(asking.edit(INFOHUS, intake=strange))
    edited.then_refused(IntakeIncomplete)


def test_no_list_of_mistakes_is_endless(after: After) -> None:
    """Who sends thousands of unknown fields, or half a character for a name, is told of a few."""
    many = {f"felt {number}": "x" for number in range(1000)}
    refused = after(INFOHUS).when(asking.draft(INFOHUS, intake=many)).then_refused(IntakeIncomplete)
    assert len(refused.facts["fields"]) == 20
    half = asking.draft(INFOHUS).model_copy(update={"intake": {"\ud83d": "x"}})
    named = after(INFOHUS).when(half).then_refused(IntakeIncomplete).facts["fields"]
    assert [mistake["field"] for mistake in named] == ["?"]


@pytest.mark.parametrize(
    "answer", [float("nan"), float("inf"), "\ud83d", ["\udc00"], {"a": [float("-inf")]}]
)
def test_an_answer_is_something_that_can_be_kept(answer: object) -> None:
    """Numbers that are none and halves of characters, which some readers let by, are refused."""
    with pytest.raises(ValidationError):
        asking.draft(INFOHUS, intake={"name": answer})


def test_a_draft_is_written_anew(after: After) -> None:
    """The form is edited in full, and how much it hurries with it."""
    answers = {**PSP.answers, "concern": "Er set igen."}
    hurried = DraftEdited(
        by=Hidden(PSP.sender),
        urgency=Urgency.HURTIG,
        intake={name: Personal(answer) for name, answer in answers.items()},
    )
    draft = after(PSP, Stage.DRAFT)
    draft.when(asking.edit(PSP, intake=answers, urgency=Urgency.HURTIG)).then(hurried)


def test_what_was_edited_is_what_is_sent(after: After) -> None:
    """The last version of the draft is the one that counts, and no earlier one."""
    without_name = {name: value for name, value in PSP.answers.items() if name != "name"}
    emptied = DraftEdited(
        by=Hidden(PSP.sender),
        urgency=Urgency.ALMINDELIG,
        intake={name: Personal(answer) for name, answer in without_name.items()},
    )
    after(PSP, Stage.DRAFT, emptied).when(asking.send(PSP)).then_refused(IntakeIncomplete)


def test_nobody_edits_what_is_under_way(after: After) -> None:
    """From the moment it is sent, a referral is answered and no longer rewritten."""
    after(PSP, Stage.SENT).when(asking.edit(PSP)).then_refused(NotPossibleNow)


def test_only_the_sender_edits(after: After) -> None:
    """A draft belongs to the unit that began it."""
    asked = asking.edit(PSP, unit=PSP.taker)
    after(PSP, Stage.DRAFT).when(asked).then_refused(NotTheSender)
