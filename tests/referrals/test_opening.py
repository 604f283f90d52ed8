"""That somebody in a receiving unit has read a referral, noted once for each unit."""

import pytest

from services.referrals.domain.referral.decisions import moves_for
from services.referrals.domain.referral.refusals import NotPossibleNow, NotTheAddressee
from services.referrals.domain.referral.state import Begun, Stage
from tests.referrals import asking, happened, log
from tests.referrals.after import After
from tests.referrals.ways import ANSWERED_HERE, PSP, Way

SENT_OUT = [stage for stage in Stage if stage not in {Stage.DRAFT, Stage.ENTERED_IN_ERROR}]


@pytest.mark.parametrize("way", ANSWERED_HERE, ids=lambda way: way.programme)
@pytest.mark.parametrize("stage", SENT_OUT)
def test_the_first_reading_is_a_fact(after: After, way: Way, stage: Stage) -> None:
    """The first time that somebody in the unit reads it is noted, whenever that is."""
    after(way, stage).when(asking.open_it(way)).then(happened.opened(way))


def test_later_readings_add_nothing(after: After) -> None:
    """Reading again, by a colleague too, is no new fact and no fault."""
    read = after(PSP, Stage.RECEIVED, happened.opened(PSP))
    read.when(asking.open_it(PSP)).then_nothing()


def test_each_unit_reads_for_itself(after: After) -> None:
    """A unit that was let in has its own first reading."""
    joined = after(PSP, Stage.RECEIVED, happened.opened(PSP), happened.let_in(PSP))
    first = happened.opened(PSP, PSP.further)
    joined.when(asking.open_it(PSP, PSP.further)).then(first)
    joined.given(happened.signed(first)).when(asking.open_it(PSP, PSP.further)).then_nothing()


def test_the_sender_reads_its_own(after: After) -> None:
    """That the sender looks at what it has sent is nobody's news."""
    asked = asking.open_it(PSP, PSP.sender)
    after(PSP, Stage.RECEIVED).when(asked).then_refused(NotTheAddressee)


def test_opening_moves_nothing(after: After) -> None:
    """A referral that was read is where it was: receiving it is a person's own word."""
    read = after(PSP, Stage.DELIVERED, happened.opened(PSP))
    assert isinstance(read.state, Begun)
    assert read.state.stage is Stage.DELIVERED
    assert "open" not in moves_for(read.state, PSP.taker)
    read.when(asking.accept(PSP)).then_refused(NotPossibleNow)


def test_all_parties_see_that_it_was_read() -> None:
    """The sender can tell read from delivered, and from received."""
    seen = log.views_after(*happened.until(PSP, Stage.DELIVERED), happened.opened(PSP))
    for unit in (PSP.sender, PSP.taker):
        assert log.told(seen[unit])[-2:] == ["delivered", "opened"]
