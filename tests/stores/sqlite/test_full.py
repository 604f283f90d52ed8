"""A full disk, and one that fails: writing is refused, reading goes on, nothing is half-written."""

import asyncio
import resource
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.eventstore.port import (
    MAX_APPEND_BYTES,
    NO_STREAM,
    EventStore,
    OutcomeUnknown,
    StoreFull,
)
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import StandingClock
from tests.stores.facts import fact, facts, ids, weighing

PAGES = 60
"""What the file may hold: a quarter of a megabyte."""


@pytest.fixture
async def small(path: Path, clock: StandingClock) -> AsyncIterator[EventStore]:
    """Give a store whose file may not grow far."""
    opened = SqliteStore.open(path, clock, max_page_count=PAGES)
    yield opened
    await opened.close()


async def outcome_of(asked: Awaitable[object]) -> type:
    """Give the kind of answer, or of refusal."""
    (outcome,) = await asyncio.gather(asked, return_exceptions=True)
    return type(outcome)


async def test_a_full_file_refuses_and_can_be_read(small: EventStore) -> None:
    """When nothing more fits, what is stored is all there, and repeats get their answer."""
    sent = [fact(data=bytes(10_000)) for _ in range(PAGES)]
    asked = (small.append(f"stream-{n}", NO_STREAM, [each]) for n, each in enumerate(sent))
    outcomes = [await outcome_of(each) for each in asked]
    stored = outcomes.count(tuple)

    assert 0 < stored < PAGES
    assert set(outcomes[stored:]) == {StoreFull}
    assert ids(await small.read_all()) == ids(sent[:stored])
    assert ids(await small.append("stream-0", NO_STREAM, sent[:1])) == ids(sent[:1])


async def test_only_what_does_not_fit_is_refused(small: EventStore) -> None:
    """One append that is too much for the file does not take the others of its commit with it."""
    large = weighing(MAX_APPEND_BYTES)
    sent = [*facts(3), large, *facts(3)]
    outcomes = await asyncio.gather(
        *(small.append(str(n), NO_STREAM, [each]) for n, each in enumerate(sent)),
        return_exceptions=True,
    )

    assert [type(each) for each in outcomes] == [*[tuple] * 3, StoreFull, *[tuple] * 3]
    assert set(ids(await small.read_all())) == set(ids(sent)) - {large.id}


async def test_an_append_that_does_not_fit_is_refused_whole(small: EventStore) -> None:
    """Of several facts in one append none is kept when the last has no room."""
    with pytest.raises(StoreFull):
        await small.append("a", NO_STREAM, [*facts(3), fact(data=bytes(MAX_APPEND_BYTES - 500))])

    assert await small.read_all() == ()
    assert len(await small.append("a", NO_STREAM, facts(1))) == 1


async def test_a_store_with_more_room_goes_on(path: Path, clock: StandingClock) -> None:
    """Once there is room again, what was refused is stored by asking again."""
    large = [weighing(MAX_APPEND_BYTES)]
    full = SqliteStore.open(path, clock, max_page_count=PAGES)
    with pytest.raises(StoreFull):
        await full.append("a", NO_STREAM, large)
    await full.close()

    roomy = SqliteStore.open(path, clock)
    assert ids(await roomy.append("a", NO_STREAM, large)) == ids(large)
    await roomy.close()


@contextmanager
def failing_disk(size: int) -> Iterator[None]:
    """Let the kernel fail every write beyond *size* bytes of a file, in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_fails_in_a_commit_leaves_the_outcome_open(
    path: Path, store: EventStore
) -> None:
    """Who is told so asks again by the same ids, and the fact is stored once."""
    before = await store.append("a", NO_STREAM, facts(1))
    sent = facts(2)
    with failing_disk(path.with_name(path.name + "-wal").stat().st_size):
        with pytest.raises(OutcomeUnknown):
            await store.append("a", 0, sent)
        assert await store.read_all() == before

    assert ids(await store.append("a", 0, sent)) == ids(sent)
    assert ids(await store.read_all()) == ids([*before, *sent])
