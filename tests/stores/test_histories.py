"""The same made-up history told to two stores, and the proof that a difference would be seen."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, find, given, settings

from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import EventStore
from shared.kernel.clock import Clock
from tests.stores.engines import Engines
from tests.stores.histories import HISTORIES, Seen, Step, seen
from tests.stores.kinds import KINDS, Ground
from tests.stores.planted_bugs import BUGS

OTHERS = sorted(KINDS.keys() - {"memory"})


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """Give one loop for all histories: a connection to an engine belongs to a loop."""
    with asyncio.Runner() as runner:
        yield runner


def in_memory(kind: type[MemoryStore], loop: asyncio.Runner, history: Sequence[Step]) -> list[Seen]:
    """Give everything that a memory store shows of a history."""

    @asynccontextmanager
    async def opened(clock: Clock) -> AsyncIterator[EventStore]:
        yield kind(clock)

    return loop.run(seen(opened, history))


@pytest.mark.parametrize("kind", OTHERS)
@settings(max_examples=60, deadline=None, database=None)
@given(history=HISTORIES)
def test_every_store_shows_what_the_memory_store_shows(
    kind: str, loop: asyncio.Runner, engines: Engines, history: list[Step]
) -> None:
    """A test against memory holds for every store: answers, facts, order, times and refusals."""
    store = KINDS[kind]
    with TemporaryDirectory() as folder:
        ground = Ground(Path(folder), engines)
        other = loop.run(seen(lambda clock: store.opened(ground, clock), history))

    assert other == in_memory(store.like, loop, history)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_the_comparison_finds_a_planted_bug(bug: type[MemoryStore], loop: asyncio.Runner) -> None:
    """A comparison that cannot fail proves nothing: each of these faults is found by a history."""
    search = settings(
        max_examples=3000, database=None, derandomize=True, phases=[Phase.generate], deadline=None
    )

    find(
        HISTORIES,
        lambda history: in_memory(bug, loop, history) != in_memory(MemoryStore, loop, history),
        settings=search,
    )
