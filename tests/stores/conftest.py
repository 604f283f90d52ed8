"""One store of each kind, with a clock that the test moves."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.eventstore.port import EventStore
from shared.kernel.clock import StandingClock
from tests.stores.engines import Engines
from tests.stores.facts import NOON
from tests.stores.kinds import KINDS, Ground

STRICT = sorted(name for name, kind in KINDS.items() if kind.gives_an_id_one_place)


@pytest.fixture
def clock() -> StandingClock:
    """Give the clock that the store reads."""
    return StandingClock(NOON)


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """Give the engines that many tests share, each started when the first of them needs it."""
    with ExitStack() as ends:
        yield Engines(ends)


@pytest.fixture
def ground(tmp_path: Path, engines: Engines) -> Ground:
    """Give what a store stands on."""
    return Ground(tmp_path, engines)


@pytest.fixture(params=sorted(KINDS))
async def store(
    request: pytest.FixtureRequest, ground: Ground, clock: StandingClock
) -> AsyncIterator[EventStore]:
    """Give an empty store."""
    async with KINDS[request.param].opened(ground, clock) as opened:
        yield opened


@pytest.fixture(params=STRICT)
async def strict_store(
    request: pytest.FixtureRequest, ground: Ground, clock: StandingClock
) -> AsyncIterator[EventStore]:
    """Give an empty store of a kind that looks for an id everywhere, not at its place alone."""
    async with KINDS[request.param].opened(ground, clock) as opened:
        yield opened
