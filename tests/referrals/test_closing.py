"""Ending a referral with an outcome that the sender gets to see."""

import pytest

from services.referrals.domain.referral.refusals import (
    NotPossibleNow,
    NotTheSender,
    UnknownOutcome,
)
from services.referrals.domain.referral.state import Stage
from tests.referrals import asking, ended, happened
from tests.referrals.after import After
from tests.referrals.ways import ANSWERED_HERE, INFOHUS, PSP, UKN, WAYS, Way


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
def test_it_ends_with_an_outcome_of_the_list(after: After, way: Way) -> None:
    """The one who answers for the end closes it with an outcome that the programme knows."""
    held = after(way, Stage.ACCEPTED if way.has_account else Stage.SENT)
    held.when(asking.close(way)).then(happened.closed(way))
    noted = asking.close(way, note="Se referatet.")
    held.when(noted).then(happened.closed(way, note="Se referatet."))


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
def test_an_outcome_outside_the_list_is_none(after: After, way: Way) -> None:
    """An invented outcome is refused with the list of those there are."""
    held = after(way, Stage.ACCEPTED if way.has_account else Stage.SENT)
    for outcome in ("glemt", ""):
        refused = held.when(asking.close(way, outcome=outcome)).then_refused(UnknownOutcome)
        assert way.outcome in refused.facts["outcomes"]


def test_an_infohus_hands_over_and_decides_nothing(after: After) -> None:
    """That the police took it over ends what is shared; a decision is no outcome (law §5)."""
    held = after(INFOHUS, Stage.ACCEPTED)
    held.when(asking.close(INFOHUS, outcome=ended.TAKEOVER)).then(ended.taken_over(INFOHUS))
    held.when(asking.close(INFOHUS, outcome="afgoerelse")).then_refused(UnknownOutcome)


@pytest.mark.parametrize(
    "stage", [Stage.DELIVERED, Stage.RECEIVED, Stage.RETURNED, Stage.DECLINED, Stage.WITHDRAWN]
)
def test_only_what_was_accepted_is_closed(after: After, stage: Stage) -> None:
    """The addressee answers before it ends anything."""
    after(PSP, stage).when(asking.close(PSP)).then_refused(NotPossibleNow)


@pytest.mark.parametrize("way", ANSWERED_HERE, ids=lambda way: way.programme)
def test_the_sender_does_not_close_what_another_holds(after: After, way: Way) -> None:
    """The sender of a referral that is answered here can take it back, not end it."""
    for stage in (Stage.SENT, Stage.ACCEPTED):
        refused = after(way, stage).when(asking.close(way, way.sender)).then_refused(NotPossibleNow)
        assert "withdraw" in refused.facts["allowed"]
        assert "close" not in refused.facts["allowed"]


def test_who_was_let_in_does_not_close(after: After) -> None:
    """A further party takes part and ends nothing."""
    joined = after(PSP, Stage.ACCEPTED, happened.let_in(PSP))
    joined.when(asking.close(PSP, PSP.further)).then_refused(NotTheSender)


def test_the_sender_ends_what_went_to_the_board(after: After) -> None:
    """Where the receiver has no account, the sender notes how it ended, once."""
    after(UKN, Stage.CLOSED).when(asking.close(UKN)).then_refused(NotPossibleNow)
