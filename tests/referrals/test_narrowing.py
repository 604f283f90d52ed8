"""What takes sight away is answered when the views have passed it, whichever fact it is."""

import pytest
from hypothesis import given, settings

from services.referrals.doing import NARROWS
from services.referrals.domain.referral.parties import closes
from services.referrals.domain.referral.state import Begun
from tests.referrals import ended, happened, keeping
from tests.referrals.after import After
from tests.referrals.walks import Step, Walk, walks
from tests.referrals.ways import BANDEEXIT, INFOHUS, WAYS, Way


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.programme)
@settings(max_examples=40)
@given(steps=walks(30, 20))
def test_every_fact_that_closes_a_view_is_waited_for(
    after: After, way: Way, steps: list[Step]
) -> None:
    """After any history: a fact that closes somebody's view is one of those."""
    walk = Walk(way, after(way).rules)
    walk.take(steps)
    for fact in walk.facts:
        parties = walk.state.parties if isinstance(walk.state, Begun) else ()
        if closes(parties, fact):
            assert isinstance(fact.event, NARROWS), fact.event.type


def test_each_way_of_closing_is_waited_for() -> None:
    """Withdrawn, entered in error, consent taken back, left, taken over: none is forgotten."""
    for event in (
        happened.withdrawn(INFOHUS),
        happened.entered_in_error(INFOHUS),
        ended.left(INFOHUS),
        ended.taken_over(INFOHUS),
        ended.taken_back(keeping.NOBODYS, by=BANDEEXIT.sender),
    ):
        assert isinstance(event, NARROWS), event.type
