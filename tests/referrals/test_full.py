"""A referral holds a thousand facts: then nothing more is told, but it can still be ended."""

import pytest

from shared.eventstore import handling
from shared.eventstore.handling import StreamFull
from shared.kernel.refusals import DoesNotExist
from tests.referrals import asking, keeping
from tests.referrals import people as who
from tests.referrals.desk import Desk
from tests.referrals.ways import INFOHUS


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be room for as many facts as there are, and for a few that end it."""
    monkeypatch.setattr(handling, "LONGEST", 4)
    monkeypatch.setattr(handling, "RESERVED", 2)


@pytest.mark.usefixtures("full")
async def test_what_is_full_can_be_ended_and_nothing_else(at_the_desk: Desk) -> None:
    """One party that writes for ever keeps the others neither from leaving nor from withdrawing."""
    received = (asking.send(INFOHUS), asking.deliver(INFOHUS), asking.receive(INFOHUS))
    case = await at_the_desk.begin(INFOHUS, *received)
    for more in (asking.write(INFOHUS), asking.number(INFOHUS), keeping.name(INFOHUS.taker)):
        with pytest.raises(StreamFull):
            await at_the_desk.ask(case, more)
    for ending in (keeping.exclude(INFOHUS.taker), asking.withdraw(INFOHUS)):
        assert (await at_the_desk.ask(case, ending)).facts
    with pytest.raises(StreamFull):
        await at_the_desk.ask(case, asking.enter_in_error(INFOHUS))


@pytest.mark.usefixtures("full")
async def test_a_stranger_is_not_told_that_it_is_full(at_the_desk: Desk) -> None:
    """Who may not know of a referral does not learn how much has happened in it."""
    received = (asking.send(INFOHUS), asking.deliver(INFOHUS), asking.receive(INFOHUS))
    case = await at_the_desk.begin(INFOHUS, *received)
    with pytest.raises(DoesNotExist):
        await at_the_desk.ask(case, asking.write(INFOHUS, who.PREVENTION))
