"""The rulebook of the plan of 2021, referrals under it, and a desk where they are asked for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.referrals.domain.referral import decider
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.state import Stage
from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import EventStore
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import StandingClock
from shared.rulebook.content import Rulebook, load
from shared.rulebook.slices import Rules
from shared.testing.scenario import Scenario
from tests.referrals import happened
from tests.referrals.after import After, Case, RulesOf
from tests.referrals.desk import Desk, desk
from tests.referrals.people import FRIDAY_1540
from tests.referrals.ways import Way

SHIPPED = Path(__file__).parents[2] / "rulebook"


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the platform comes with, loaded once."""
    return load(SHIPPED)


@pytest.fixture(scope="session")
def rules_of(rulebook: Rulebook) -> RulesOf:
    """What gives the rules of a way, on Friday 5 March 2021."""

    def rules(way: Way) -> Rules:
        found = rulebook.rules(way.programme, FRIDAY_1540)
        assert found is not None
        return found

    return rules


@pytest.fixture(scope="session")
def after(rules_of: RulesOf) -> After:
    """What gives a referral after a history, on Friday 5 March 2021."""

    def referral(way: Way, stage: Stage | None = None, *then: ReferralEvent) -> Case:
        history = (*(happened.until(way, stage) if stage else ()), *then)
        return Scenario(decider, rules_of(way)).given(*map(happened.signed, history))

    return referral


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[EventStore]:
    """An empty store of each kind."""
    clock = StandingClock(FRIDAY_1540)
    opened: EventStore = MemoryStore(clock)
    if request.param == "sqlite":
        opened = SqliteStore.open(tmp_path / "events.db", clock)
    yield opened
    await opened.close()


@pytest.fixture
async def at_the_desk(tmp_path: Path, store: EventStore, rulebook: Rulebook) -> AsyncIterator[Desk]:
    """A desk over a store of each kind."""
    async with desk(tmp_path, store, rulebook) as opened:
        yield opened
