"""The engine is killed in the middle of a hundred appends and started again."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.esdb_patience import Limits
from shared.eventstore.port import (
    NO_STREAM,
    OutcomeUnknown,
    Stored,
    StoreDown,
    StoreProblem,
    WrongVersion,
)
from shared.kernel.clock import StandingClock
from shared.testing.esdb import EsdbProcess, esdb_process
from tests.stores.facts import DEADLINE, facts, ids

RACERS = 100
PATIENT = Limits(call=2.0, whole=15.0, start=10.0)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EsdbProcess]:
    """Give a test server that can be killed."""
    async with esdb_process(tmp_path / "engine") as process:
        yield process


@pytest.fixture
async def store(engine: EsdbProcess, clock: StandingClock) -> AsyncIterator[EsdbStore]:
    """Give a store on it."""
    store = await EsdbStore.connect(engine.url, "things", clock, limits=PATIENT)
    yield store
    await store.close()


async def everything(store: EsdbStore) -> Counter[UUID]:
    """Give how often each fact is there."""
    found: list[Stored] = []
    while page := await store.read_all(found[-1].position if found else 0):
        found.extend(page)
    return Counter(ids(found))


async def killed_once(engine: EsdbProcess, acknowledged: list[Stored], when: int) -> None:
    """Kill the engine when so many facts are acknowledged, and start it again."""
    while len(acknowledged) < when:  # noqa: ASYNC110 - the list rings no bell
        await asyncio.sleep(0)
    await engine.restart()


async def test_what_was_acknowledged_is_there_once(engine: EsdbProcess, store: EsdbStore) -> None:
    """A hundred writers go on through the kill; what they were told is true, and stored once."""
    acknowledged: list[Stored] = []

    async def write(stream: str) -> None:
        for version in range(NO_STREAM, 4):
            try:
                acknowledged.extend(await store.append(stream, version, facts(1)))
            except (OutcomeUnknown, StoreDown):
                return

    async with asyncio.timeout(3 * DEADLINE):
        await asyncio.gather(
            killed_once(engine, acknowledged, RACERS), *(write(f"a-{n}") for n in range(RACERS))
        )
        there = await everything(store)

    assert len(acknowledged) > RACERS
    assert set(ids(acknowledged)) <= set(there)
    assert set(there.values()) == {1}
    for fact in acknowledged:
        assert (await store.read_stream(fact.stream, fact.version))[0] == fact


async def test_one_of_a_hundred_racers_wins_through_a_kill(
    engine: EsdbProcess, store: EsdbStore
) -> None:
    """Each decides on the same version while the engine is killed; one is stored, and is told."""
    sent = [facts(2) for _ in range(RACERS)]
    starting: list[Stored] = []
    async with asyncio.timeout(3 * DEADLINE):
        _, *outcomes = await asyncio.gather(
            killed_once(engine, starting, 0),
            *(store.append("a", NO_STREAM, each) for each in sent),
            return_exceptions=True,
        )
        there = await store.read_all()

    won = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, WrongVersion)]
    assert [isinstance(each, tuple | StoreProblem) for each in outcomes] == [True] * RACERS
    assert won == [there] or (not won and ids(there) in [ids(each) for each in sent])
    assert len(won) + len(lost) > 0
