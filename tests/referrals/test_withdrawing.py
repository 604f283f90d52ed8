"""Taking a referral back, and marking one that should never have been."""

import pytest

from services.referrals.domain.referral.refusals import NotPossibleNow, NotTheSender
from services.referrals.domain.referral.state import Stage
from tests.referrals import asking, happened
from tests.referrals.after import After
from tests.referrals.ways import ANSWERED_HERE, PSP, UKN, Way

UNDER_WAY = [Stage.SENT, Stage.DELIVERED, Stage.RECEIVED, Stage.RETURNED, Stage.ACCEPTED]
OVER = [Stage.DECLINED, Stage.WITHDRAWN, Stage.CLOSED]


@pytest.mark.parametrize("stage", UNDER_WAY)
def test_the_sender_takes_it_back(after: After, stage: Stage) -> None:
    """A referral is taken back with a reason as long as it is under way, accepted or not."""
    after(PSP, stage).when(asking.withdraw(PSP)).then(happened.withdrawn(PSP))


def test_what_went_to_a_court_is_taken_back_too(after: After) -> None:
    """Whether the receiver has an account makes no difference to the sender's right."""
    after(UKN, Stage.SENT).when(asking.withdraw(UKN)).then(happened.withdrawn(UKN))


@pytest.mark.parametrize("stage", [Stage.DRAFT, *OVER, Stage.ENTERED_IN_ERROR])
def test_what_is_over_is_not_taken_back(after: After, stage: Stage) -> None:
    """What never left or is over already cannot be taken back."""
    after(PSP, stage).when(asking.withdraw(PSP)).then_refused(NotPossibleNow)


def test_nobody_else_takes_it_back(after: After) -> None:
    """Only the sender takes back what it has sent; the addressee declines."""
    joined = after(PSP, Stage.RECEIVED, happened.let_in(PSP))
    for other in (PSP.taker, PSP.further):
        joined.when(asking.withdraw(PSP, other)).then_refused(NotTheSender)
        joined.when(asking.enter_in_error(PSP, other)).then_refused(NotTheSender)


@pytest.mark.parametrize("way", ANSWERED_HERE, ids=lambda way: way.programme)
@pytest.mark.parametrize("stage", [Stage.DRAFT, *UNDER_WAY, *OVER])
def test_a_mistake_is_marked_at_any_stage(after: After, way: Way, stage: Stage) -> None:
    """What should never have been made is marked so, with a reason, and never deleted."""
    marked = happened.entered_in_error(way)
    after(way, stage).when(asking.enter_in_error(way)).then(marked)


def test_a_mistake_is_the_end(after: After) -> None:
    """Nothing can be done any more with what was entered in error, not even that again."""
    refused = after(PSP, Stage.ENTERED_IN_ERROR).when(asking.enter_in_error(PSP))
    assert refused.then_refused(NotPossibleNow).facts["allowed"] == []
