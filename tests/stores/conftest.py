"""One store of each kind, with a clock that the test moves."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.eventstore.port import EventStore
from shared.kernel.clock import StandingClock
from tests.stores.facts import NOON
from tests.stores.kinds import KINDS


@pytest.fixture
def clock() -> StandingClock:
    """Give the clock that the store reads."""
    return StandingClock(NOON)


@pytest.fixture(params=sorted(KINDS))
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: StandingClock
) -> AsyncIterator[EventStore]:
    """Give an empty store."""
    opened = KINDS[request.param](tmp_path, clock)
    yield opened
    await opened.close()
