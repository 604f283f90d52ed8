"""Reading one stream and reading everything."""

from datetime import timedelta

import pytest

from shared.eventstore.port import NO_STREAM, START, EventStore, Stored, WrongVersion
from shared.kernel.clock import StandingClock
from tests.stores.facts import NOON, fact, facts, ids, recorded_at

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("version", [-1, 0, 1, 2, 3])
async def test_a_stream_is_read_from_the_version_named(store: EventStore, version: int) -> None:
    """Reading a stream is inclusive: the version named is the first one given."""
    sent = facts(3)
    await store.append("other", NO_STREAM, facts(2))
    await store.append("a", NO_STREAM, sent)

    assert ids(await store.read_stream("a", version)) == ids(sent[max(version, 0) :])


async def test_a_stream_that_never_was_is_empty(store: EventStore) -> None:
    """Nothing is told apart from nothing yet."""
    assert await store.read_stream("a") == ()


@pytest.mark.parametrize("name", ["A", "a ", "a-1", "", "ä", "a\N{COMBINING DIAERESIS}"])
async def test_names_of_streams_are_compared_letter_by_letter(store: EventStore, name: str) -> None:
    """Case, blanks and ways to write a letter tell streams apart."""
    await store.append("a", NO_STREAM, facts(1))
    (other,) = await store.append(name, NO_STREAM, facts(1))

    assert await store.read_stream(name) == (other,)


async def test_everything_is_read_after_the_position_named(store: EventStore) -> None:
    """Reading everything is exclusive: what stands at the position named is not given again."""
    added = await store.append("a", NO_STREAM, facts(3))

    assert await store.read_all(START) == added
    assert await store.read_all(added[0].position) == added[1:]
    assert await store.read_all(added[-1].position) == ()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_pages_join_without_a_gap_or_a_repeat(store: EventStore, size: int) -> None:
    """Whatever the page size, going on after the last position gives every fact once, in order."""
    sent = {stream: facts(count) for stream, count in (("a", 3), ("b", 1), ("c", 3))}
    for stream, events in sent.items():
        await store.append(stream, NO_STREAM, events)

    after = START
    seen: list[Stored] = []
    while page := await store.read_all(after, size):
        assert len(page) <= size
        after = page[-1].position
        seen.extend(page)
    assert ids(seen) == ids([each for events in sent.values() for each in events])


async def test_a_page_holds_500_unless_told_otherwise(store: EventStore) -> None:
    """No reader takes everything into memory by mistake; a limit of nothing gives nothing."""
    for number in range(6):
        await store.append(f"stream-{number}", NO_STREAM, facts(100))

    assert len(await store.read_all()) == 500
    assert await store.read_all(START, 0) == ()


async def test_the_head_is_the_last_position(store: EventStore) -> None:
    """The head of a new store is ``START``; then it is where the last fact stands."""
    assert await store.head() == START

    added = await store.append("a", NO_STREAM, facts(3))
    assert await store.head() == added[-1].position


async def test_a_moment_has_a_position(store: EventStore, clock: StandingClock) -> None:
    """History is read as it was known: up to the last fact recorded at or before the moment."""
    first = await store.append("a", NO_STREAM, facts(2))
    clock.forward(HOUR)
    second = await store.append("b", NO_STREAM, facts(2))

    assert await store.position_at(NOON - TICK) == START
    assert await store.position_at(NOON) == first[-1].position
    assert await store.position_at(NOON + HOUR - TICK) == first[-1].position
    assert await store.position_at(NOON + HOUR) == second[-1].position
    assert await store.position_at(NOON + 2 * HOUR) == second[-1].position


async def test_an_empty_store_has_a_position_for_any_moment(store: EventStore) -> None:
    """Before the first fact every moment stands at ``START``."""
    assert await store.position_at(NOON) == START


async def test_recorded_time_never_goes_back(store: EventStore, clock: StandingClock) -> None:
    """A clock that is put back does not bring facts out of their order in time."""
    await store.append("a", NO_STREAM, facts(1))
    clock.forward(-HOUR)
    (late,) = await store.append("a", 0, facts(1))

    assert b'"recorded_at":"2021-06-04T12:00:00.000000Z"' in late.metadata
    assert await store.position_at(NOON - TICK) == START
    assert await store.position_at(NOON) == late.position


async def test_time_is_taken_from_what_was_stored_alone(
    store: EventStore, clock: StandingClock
) -> None:
    """A refused append under a clock that ran ahead does not date the facts that come after it."""
    (known,) = await store.append("a", NO_STREAM, facts(1))
    clock.forward(HOUR)
    with pytest.raises(WrongVersion):
        await store.append("a", NO_STREAM, facts(2))
    clock.forward(-HOUR)
    (later,) = await store.append("a", 0, facts(1))

    assert recorded_at(later) == recorded_at(known)


async def test_time_is_not_taken_from_what_was_half_stored(
    strict_store: EventStore, clock: StandingClock
) -> None:
    """Nor does an append that is refused for an id in the middle of it."""
    (known,) = await strict_store.append("a", NO_STREAM, facts(1))
    clock.forward(HOUR)
    with pytest.raises(WrongVersion):
        await strict_store.append("b", NO_STREAM, [fact(), fact(known.id)])
    clock.forward(-HOUR)
    (later,) = await strict_store.append("a", 0, facts(1))

    assert recorded_at(later) == recorded_at(known)
