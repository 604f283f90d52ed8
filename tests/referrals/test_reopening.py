"""Taking up again what was closed or declined."""

import pytest

from services.referrals.domain.referral.refusals import NotPossibleNow, NotTheSender
from services.referrals.domain.referral.state import Stage
from tests.referrals import asking, happened
from tests.referrals.after import After
from tests.referrals.ways import PSP, UKN


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.DECLINED])
@pytest.mark.parametrize("by", ["sender", "taker"])
def test_either_side_takes_it_up_again(after: After, stage: Stage, by: str) -> None:
    """What was closed or declined is reopened with a reason; what happened before stays."""
    unit = PSP.sender if by == "sender" else PSP.taker
    after(PSP, stage).when(asking.reopen(PSP, unit)).then(happened.reopened(PSP, unit))


@pytest.mark.parametrize("stage", [Stage.CLOSED, Stage.DECLINED])
def test_it_is_answered_anew(after: After, stage: Stage) -> None:
    """The addressee, who has it, accepts, declines or returns it as the first time."""
    again = after(PSP, stage, happened.reopened(PSP))
    again.when(asking.accept(PSP)).then(happened.accepted(PSP))
    again.when(asking.decline(PSP)).then(happened.declined(PSP))
    again.when(asking.send_back(PSP)).then(happened.returned(PSP))


@pytest.mark.parametrize(
    "stage", [Stage.DRAFT, Stage.SENT, Stage.ACCEPTED, Stage.WITHDRAWN, Stage.ENTERED_IN_ERROR]
)
def test_nothing_else_is_reopened(after: After, stage: Stage) -> None:
    """What was withdrawn is begun anew if need be; what is under way is not over."""
    after(PSP, stage).when(asking.reopen(PSP)).then_refused(NotPossibleNow)


def test_who_was_let_in_does_not_reopen(after: After) -> None:
    """Taking up again is for the two who are answerable."""
    closed = after(PSP, Stage.ACCEPTED, happened.let_in(PSP), happened.closed(PSP))
    closed.when(asking.reopen(PSP, PSP.further)).then_refused(NotTheSender)


def test_what_went_outside_is_sent_again_by_its_sender(after: After) -> None:
    """Where the receiver has no account it is as good as sent: no clock runs here for anybody.

    The sender notes again how it went and what came back.
    """
    again = happened.reopened(UKN, due=None)
    after(UKN, Stage.CLOSED).when(asking.reopen(UKN)).then(again)
    reopened = after(UKN, Stage.CLOSED, again)
    reopened.when(asking.dispatch(UKN)).then(happened.dispatched(UKN))
    reopened.when(asking.receipt(UKN)).then(happened.receipted(UKN))
    reopened.when(asking.close(UKN)).then(happened.closed(UKN))
