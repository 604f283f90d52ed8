"""The thread that writes: what waits for it, what it does at once, and what if it dies."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest

from shared.eventstore.port import (
    NO_STREAM,
    START,
    OutcomeUnknown,
    StoreBusy,
    Stored,
    StoreDown,
    WrongVersion,
)
from shared.eventstore.sqlite import SqliteStore
from tests.stores.facts import DEADLINE, NOON, fact, facts, ids

QUEUE = 5


class Fatal(BaseException):
    """Something that no code expects."""


@dataclass
class Gate:
    """A clock at which the writer stops, inside a transaction, until it is let through."""

    reached: Event = field(default_factory=Event)
    opened: Event = field(default_factory=Event)
    then: BaseException | None = None

    def now(self) -> datetime:
        """Give noon, later."""
        self.reached.set()
        self.opened.wait(DEADLINE)
        if self.then:
            raise self.then
        return NOON


@pytest.fixture
def gate() -> Gate:
    """Give the clock of the store."""
    return Gate()


@pytest.fixture
async def store(path: Path, gate: Gate) -> AsyncIterator[SqliteStore]:
    """Give a store with a short queue."""
    opened = SqliteStore.open(path, gate, queue=QUEUE)
    yield opened
    gate.opened.set()
    await opened.close()


async def asked(store: SqliteStore, stream: str) -> "asyncio.Task[tuple[Stored, ...]]":
    """Ask for an append and let it come into the queue."""
    task = asyncio.create_task(store.append(stream, NO_STREAM, [fact()]))
    await asyncio.sleep(0)
    return task


@pytest.fixture
async def first(store: SqliteStore, gate: Gate) -> "asyncio.Task[tuple[Stored, ...]]":
    """Give an append with which the writer stands at the gate."""
    task = await asked(store, "first")
    assert await asyncio.to_thread(gate.reached.wait, DEADLINE)
    return task


@pytest.fixture
async def waiting(
    store: SqliteStore, first: "asyncio.Task[tuple[Stored, ...]]"
) -> "list[asyncio.Task[tuple[Stored, ...]]]":
    """Give the appends that fill the queue behind the first."""
    assert not first.done()
    return [await asked(store, f"waiting-{n}") for n in range(QUEUE)]


Task = asyncio.Task[tuple[Stored, ...]]


async def test_a_full_queue_says_so_at_once(
    store: SqliteStore, gate: Gate, first: Task, waiting: list[Task]
) -> None:
    """Who comes when the queue is full is told to come again; who waits is served."""
    with pytest.raises(StoreBusy):
        await store.append("one more", NO_STREAM, facts(1))
    assert not any(task.done() for task in (first, *waiting))

    gate.opened.set()
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(first, *waiting)
    assert await store.read_stream("one more") == ()
    assert await store.append("one more", NO_STREAM, facts(1))


async def test_reading_does_not_wait_for_writing(
    store: SqliteStore, first: Task, waiting: list[Task]
) -> None:
    """While the writer is in the middle of a transaction, readers see what was before it."""
    assert await store.read_all() == ()
    assert await store.head() == START
    assert not any(task.done() for task in (first, *waiting))


async def test_all_that_waits_is_made_durable_by_one_commit(
    store: SqliteStore, path: Path, gate: Gate, first: Task, waiting: list[Task]
) -> None:
    """The disk is asked once for many: the first alone, then all who came meanwhile."""
    before = commits(path)
    gate.opened.set()
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(first, *waiting)

    assert commits(path) - before == 2
    assert len(await store.read_all()) == 1 + QUEUE


def commits(path: Path) -> int:
    """Give the number of commits in the write-ahead log, as its file format marks them."""
    log = path.with_name(path.name + "-wal").read_bytes()
    frames = range(32, len(log), 24 + 4096)
    return sum(log[start + 4 : start + 8] != bytes(4) for start in frames)


async def test_a_refusal_in_a_commit_is_one_callers_own(
    store: SqliteStore, gate: Gate, first: Task
) -> None:
    """Of all that one commit makes durable, only the append in conflict is refused."""
    right, wrong, last = (
        await asked(store, "a"),
        await asked(store, "first"),
        await asked(store, "b"),
    )
    gate.opened.set()
    async with asyncio.timeout(DEADLINE):
        outcomes = await asyncio.gather(first, right, wrong, last, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [tuple, tuple, WrongVersion, tuple]


async def test_who_gives_up_in_the_queue_stops_nobody(
    store: SqliteStore, gate: Gate, first: Task, waiting: list[Task]
) -> None:
    """A cancelled caller hears no more; its append happens whole, and so do all the others."""
    waiting[2].cancel()
    gate.opened.set()
    async with asyncio.timeout(DEADLINE):
        outcomes = await asyncio.gather(first, *waiting, return_exceptions=True)

    assert isinstance(outcomes[3], asyncio.CancelledError)
    assert len(await store.read_stream("waiting-2")) == 1
    assert len(await store.read_all()) == 1 + QUEUE


async def test_a_clock_that_fails_is_no_death(
    store: SqliteStore, gate: Gate, first: Task, waiting: list[Task]
) -> None:
    """What goes wrong with an append is that append's answer; the writer lives on."""
    gate.then = ValueError("no time")
    gate.opened.set()
    async with asyncio.timeout(DEADLINE):
        outcomes = await asyncio.gather(first, *waiting, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StoreDown}

    gate.then = None
    added = await store.append("first", NO_STREAM, facts(1))
    assert await store.read_all() == added


async def test_a_writer_that_dies_leaves_nobody_waiting(
    store: SqliteStore, gate: Gate, first: Task, waiting: list[Task]
) -> None:
    """What it held may have happened, what it had not touched has not, and reading goes on."""
    tail = asyncio.create_task(store.wait(START))
    gate.then = Fatal("the end")
    gate.opened.set()
    async with asyncio.timeout(DEADLINE):
        outcomes = await asyncio.gather(first, *waiting, tail, return_exceptions=True)
        with pytest.raises(StoreDown, match="the end"):
            await store.append("late", NO_STREAM, facts(1))

    assert [type(each) for each in outcomes] == [OutcomeUnknown, *[StoreDown] * QUEUE, StoreDown]
    assert await store.read_all() == ()


async def test_after_a_death_another_writer_can_go_on(
    store: SqliteStore, path: Path, gate: Gate, first: Task
) -> None:
    """A dead writer holds neither the lock nor half a transaction."""
    gate.then = Fatal("the end")
    gate.opened.set()
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(first, return_exceptions=True)
        await store.close()

    gate.then = None
    again = SqliteStore.open(path, gate)
    sent = facts(2)
    await again.append("first", NO_STREAM, sent)
    assert ids(await again.read_all()) == ids(sent)
    await again.close()


async def test_a_loop_that_is_gone_stops_nobody(path: Path, gate: Gate) -> None:
    """A caller whose whole event loop has ended does not take the writer with it."""
    store = SqliteStore.open(path, gate)
    ended = asyncio.new_event_loop()
    late = ended.create_task(store.append("a", NO_STREAM, facts(1)))
    await asyncio.to_thread(ended.run_until_complete, asyncio.sleep(0))
    late.cancel()
    await asyncio.to_thread(ended.run_until_complete, asyncio.wait([late]))
    ended.close()

    gate.opened.set()
    async with asyncio.timeout(DEADLINE):
        assert await store.append("b", NO_STREAM, facts(1))
    assert len(await store.read_all()) == 2
    await store.close()
