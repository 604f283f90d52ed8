"""How fast an answer is asked for, and whom to call when it cannot wait."""

import pytest

from services.referrals.domain.referral.events import CallRecorded, Urgency
from services.referrals.domain.referral.refusals import NotPossibleNow, NotTheSender
from services.referrals.domain.referral.state import Stage
from shared.kernel.personal import Hidden, Personal
from shared.rulebook.slices import Call
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After, with_units
from tests.referrals.ways import INFOHUS, PSP, UKN, Way

DANGER = "Ring 112, hvis liv eller helbred er i fare lige nu: 112"
HURRY = "Ring 114 for at tale med politiet, når det haster, men ingen er i fare: 114"


@pytest.mark.parametrize("way", [INFOHUS, UKN], ids=lambda way: way.programme)
def test_what_cannot_wait_names_whom_to_call(after: After, way: Way) -> None:
    """For *akut* the answer to sending says whom to call, danger to life first (law §12).

    That holds for a receiver without an account as well: a referral is no alarm.
    """
    urgent = after(way, None, happened.drafted(way, urgency=Urgency.AKUT))
    urgent.when(asking.send(way)).then(happened.sent(way, call=Hidden((DANGER, HURRY))))


@pytest.mark.parametrize("urgency", [Urgency.HURTIG, Urgency.ALMINDELIG])
def test_what_can_wait_names_nobody(after: After, urgency: Urgency) -> None:
    """Only *akut* sends people to the telephone."""
    draft = after(INFOHUS, None, happened.drafted(INFOHUS, urgency=urgency))
    draft.when(asking.send(INFOHUS)).then(happened.sent(INFOHUS))


def test_a_unit_of_its_own_is_called_first(after: After) -> None:
    """Where the rulebook gives the addressee a number of its own, it stands first."""
    case = after(INFOHUS, None, happened.drafted(INFOHUS, urgency=Urgency.AKUT))
    own = Call(id="vagt", phone="00000000", da="Ring til vagten", en="Call", source="example")
    taker = case.rules.district.unit_by_id[INFOHUS.taker]
    planted = with_units(case, [taker.model_copy(update={"akut": (own,)})])
    calls = ("Ring til vagten: 00000000", DANGER, HURRY)
    planted.when(asking.send(INFOHUS)).then(happened.sent(INFOHUS, call=Hidden(calls)))


@pytest.mark.parametrize("by", [PSP.sender, PSP.taker])
def test_both_sides_note_who_was_called(after: After, by: str) -> None:
    """Who was called, and when, is on record; the name is sealed like anything said freely."""
    unit = next(unit for unit in who.AUTHORITY_OF if unit == by)
    called = happened.called(PSP, unit)
    after(PSP, Stage.SENT).when(asking.call(PSP, unit)).then(called)
    assert isinstance(called.whom, Personal)


def test_a_call_is_noted_with_what_was_said(after: After) -> None:
    """What was agreed on the telephone can be added."""
    asked = asking.call(PSP).model_copy(update={"note": "Patruljen er på vej."})
    noted = CallRecorded(
        by=Hidden(PSP.sender),
        whom=Personal("Vagthavende"),
        called_at=asked.called_at,
        note=Personal("Patruljen er på vej."),
    )
    after(PSP, Stage.DELIVERED).when(asked).then(noted)


def test_calls_belong_to_what_is_under_way(after: After) -> None:
    """Calls are noted by sender and addressee, from sending until it is over."""
    after(PSP, Stage.DRAFT).when(asking.call(PSP)).then_refused(NotPossibleNow)
    after(PSP, Stage.CLOSED).when(asking.call(PSP)).then_refused(NotPossibleNow)
    joined = after(PSP, Stage.RECEIVED, happened.let_in(PSP))
    joined.when(asking.call(PSP, PSP.further)).then_refused(NotTheSender)
