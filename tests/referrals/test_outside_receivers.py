"""Receivers without an account: a court, the board's secretariat, a municipality elsewhere."""

import pytest
from pydantic import ValidationError

from services.referrals.domain.referral.commands import RecordDispatch
from services.referrals.domain.referral.refusals import (
    NoSuchRoute,
    NotPossibleNow,
    NotTheSender,
    ReceiverHasAccount,
)
from services.referrals.domain.referral.state import Begun, Stage
from shared.kernel.ids import RouteId
from shared.kernel.personal import Hidden
from tests.referrals import asking, happened
from tests.referrals import people as who
from tests.referrals.after import After
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, UKN, Way

VIBORG = "Infohuset i Viborg Kommune"
OUTSIDE = {"addressee": None, "outside": VIBORG, "chosen_because": None}


def test_a_receiver_outside_is_addressed_by_name(after: After) -> None:
    """A referral to a municipality outside the district names it; the directory does not know it.

    Nobody is told when it is staffed, for nobody knows.
    """
    route = Hidden(RouteId("uden-for-kredsen"))
    sent = happened.sent_outside(INFOHUS, VIBORG).model_copy(update={"route": route})
    after(INFOHUS, Stage.DRAFT).when(asking.send(INFOHUS, **OUTSIDE)).then(sent)


@pytest.mark.parametrize("way", [PSP, UKN, BANDEEXIT], ids=lambda way: way.programme)
def test_only_where_the_programme_has_that_way(after: After, way: Way) -> None:
    """A programme without a route to the outside has none."""
    after(way, Stage.DRAFT).when(asking.send(way, **OUTSIDE)).then_refused(NoSuchRoute)


def test_the_secretariat_becomes_no_party(after: After) -> None:
    """Who has no account sees nothing here: it takes part in no view and holds no key."""
    sent = after(UKN, Stage.SENT).state
    assert isinstance(sent, Begun)
    assert [party.unit for party in sent.parties] == [UKN.sender]
    outside = after(INFOHUS, Stage.DRAFT, happened.sent_outside(INFOHUS, VIBORG)).state
    assert isinstance(outside, Begun)
    assert [party.unit for party in outside.parties] == [INFOHUS.sender]


def test_the_sender_records_how_and_when_it_went(after: After) -> None:
    """How it went, when, and what receipt came, is noted by the sender, as often as it happens."""
    sent = after(UKN, Stage.SENT)
    sent.when(asking.dispatch(UKN)).then(happened.dispatched(UKN))
    sent.when(asking.receipt(UKN)).then(happened.receipted(UKN))
    noted = after(UKN, Stage.SENT, happened.dispatched(UKN), happened.receipted(UKN))
    noted.when(asking.dispatch(UKN)).then(happened.dispatched(UKN))
    noted.when(asking.receipt(UKN)).then(happened.receipted(UKN))


@pytest.mark.parametrize("how", ["e-mail", "fax", ""])
def test_it_goes_by_a_way_that_is_safe_for_secrets(how: str) -> None:
    """It goes by Digital Post, secure mail, letter, telephone or in person, never by e-mail."""
    with pytest.raises(ValidationError):
        RecordDispatch.model_validate({**asking.dispatch(UKN).model_dump(), "how": how})


def test_a_receiver_here_answers_itself(after: After) -> None:
    """No sender records receipts on behalf of a unit that has an account."""
    for asked in (asking.dispatch(PSP), asking.receipt(PSP)):
        refused = after(PSP, Stage.SENT).when(asked).then_refused(ReceiverHasAccount)
        assert not {"record_dispatch", "record_receipt"} & set(refused.facts["allowed"])
        after(PSP, Stage.RECEIVED).when(asked).then_refused(NotPossibleNow)
        taken = asked.model_copy(update={"unit": PSP.taker})
        after(PSP, Stage.SENT).when(taken).then_refused(NotTheSender)


def test_nothing_waits_for_an_answer_that_cannot_come(after: After) -> None:
    """It stays sent until its sender notes how it ended; there is nobody to receive it here."""
    sent = after(UKN, Stage.SENT, happened.dispatched(UKN), happened.receipted(UKN)).state
    assert isinstance(sent, Begun)
    assert sent.stage is Stage.SENT
    assert sent.role_of(who.BOARD_SECRETARIAT) is None
