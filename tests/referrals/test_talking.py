"""Talk between the parties."""

import pytest
from pydantic import ValidationError

from services.referrals.domain.referral.refusals import NotPossibleNow
from services.referrals.domain.referral.state import Stage
from tests.referrals import asking, happened
from tests.referrals.after import After
from tests.referrals.ways import ANSWERED_HERE, PSP, Way

UNDER_WAY = [Stage.SENT, Stage.DELIVERED, Stage.RECEIVED, Stage.RETURNED, Stage.ACCEPTED]


@pytest.mark.parametrize("way", ANSWERED_HERE, ids=lambda way: way.programme)
@pytest.mark.parametrize("stage", UNDER_WAY)
def test_parties_write_to_each_other(after: After, way: Way, stage: Stage) -> None:
    """As long as it is under way, sender and holder talk about it here, sealed."""
    for party in (way.sender, way.taker):
        after(way, stage).when(asking.write(way, party)).then(happened.wrote(way, party))


def test_who_was_let_in_talks_along(after: After) -> None:
    """A further party writes to the others as they write to it."""
    joined = after(PSP, Stage.RECEIVED, happened.let_in(PSP))
    joined.when(asking.write(PSP, PSP.further)).then(happened.wrote(PSP, PSP.further))


@pytest.mark.parametrize(
    "stage", [Stage.DRAFT, Stage.DECLINED, Stage.WITHDRAWN, Stage.CLOSED, Stage.ENTERED_IN_ERROR]
)
def test_talk_ends_with_the_referral(after: After, stage: Stage) -> None:
    """Nobody writes into what has not left its unit, or is over."""
    after(PSP, stage).when(asking.write(PSP, PSP.sender)).then_refused(NotPossibleNow)


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001])
def test_a_message_says_something(text: str) -> None:
    """A message has words, and at most twenty thousand signs of them."""
    with pytest.raises(ValidationError):
        asking.write(PSP, text=text)
