"""Adding facts to a stream."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from shared.eventstore.port import (
    MAX_APPEND_BYTES,
    MAX_APPEND_EVENTS,
    NO_STREAM,
    EventStore,
    NewEvent,
    TooLarge,
    WrongVersion,
)
from shared.kernel.clock import StandingClock, written
from tests.stores.facts import NOON, TYPE, fact, facts, ids, recorded_at, weighing


async def test_versions_count_from_0_without_gaps(store: EventStore) -> None:
    """The first fact of a stream is version 0, and each next one is one more."""
    await store.append("a", NO_STREAM, facts(2))
    await store.append("a", 1, facts(3))

    assert [each.version for each in await store.read_stream("a")] == [0, 1, 2, 3, 4]


async def test_positions_grow_across_streams(store: EventStore) -> None:
    """Whatever stream it is in, a later fact has a higher position."""
    for stream in "abab":
        there = await store.read_stream(stream)
        await store.append(stream, len(there) - 1, facts(2))

    positions = [each.position for each in await store.read_all()]
    assert len(positions) == 8
    assert all(earlier < later for earlier, later in pairwise(positions))


async def test_the_answer_is_what_is_read_afterwards(store: EventStore) -> None:
    """The caller is told exactly what the store holds, and can read it at once."""
    added = await store.append("a", NO_STREAM, facts(3))

    assert await store.read_stream("a") == added
    assert await store.read_all() == added


async def test_what_is_stored_is_stored_byte_for_byte(store: EventStore) -> None:
    """Data is any bytes, metadata keeps its order and its letters, and only a stamp is added."""
    sent = fact(data=bytes(range(256)), zone="Østjylland", actor='a"b\\\n', empty="")
    (kept,) = await store.append("sag-Ærø", NO_STREAM, [sent])

    assert (kept.stream, kept.id, kept.type, kept.data) == (
        "sag-Ærø", sent.id, sent.type, sent.data
    )  # fmt: skip
    assert (
        kept.metadata
        == (
            r'{"zone":"Østjylland","actor":"a\"b\\\n","empty":"",'
            '"recorded_at":"2021-06-04T12:00:00.000000Z"}'
        ).encode()
    )


async def test_only_the_store_says_when_it_was_recorded(store: EventStore) -> None:
    """A caller cannot date its own facts."""
    (kept,) = await store.append("a", NO_STREAM, [fact(recorded_at="1999", actor="x")])

    assert kept.metadata == b'{"actor":"x","recorded_at":"2021-06-04T12:00:00.000000Z"}'


@pytest.mark.parametrize("expected", [-2, NO_STREAM, 0, 2])
async def test_a_stream_that_stands_elsewhere_refuses(store: EventStore, expected: int) -> None:
    """Who decided on another version than the last has to decide again; nothing is stored."""
    before = await store.append("a", NO_STREAM, facts(2))

    with pytest.raises(WrongVersion) as refused:
        await store.append("a", expected, facts(1))

    assert (refused.value.expected, refused.value.actual) == (expected, 1)
    assert await store.read_all() == before


async def test_a_stream_that_never_was_has_no_version(store: EventStore) -> None:
    """A stream begins with ``NO_STREAM`` and with nothing else."""
    with pytest.raises(WrongVersion) as refused:
        await store.append("a", 0, facts(1))

    assert refused.value.actual == NO_STREAM


async def test_a_hundred_racers_have_one_winner(store: EventStore) -> None:
    """Of any number that decided on the same version, one is stored and all others hear of it."""
    racing = [store.append("a", NO_STREAM, facts(2)) for _ in range(100)]
    outcomes = await asyncio.gather(*racing, return_exceptions=True)

    (won,) = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, WrongVersion)]
    assert len(lost) == 99
    assert await store.read_all() == won


async def test_the_same_ids_again_get_the_first_answer(store: EventStore) -> None:
    """A caller that lost the answer asks again and nothing is doubled, whatever came between."""
    sent = facts(2)
    first = await store.append("a", NO_STREAM, sent)
    await store.append("a", 1, facts(1))

    assert await store.append("a", NO_STREAM, sent) == first
    assert len(await store.read_all()) == 3


async def test_a_hundred_repeats_are_stored_once(store: EventStore) -> None:
    """The same append sent many times at once gives one answer to all."""
    sent = facts(2)
    answers = await asyncio.gather(*(store.append("a", NO_STREAM, sent) for _ in range(100)))

    assert set(answers) == {await store.read_all()}


@pytest.mark.parametrize(
    ("stream", "expected"), [("b", NO_STREAM), ("a", 1), ("a", 0)], ids=["other", "end", "middle"]
)
async def test_an_id_has_one_place(strict_store: EventStore, stream: str, expected: int) -> None:
    """Embedded, an id that is stored is not stored again elsewhere, alone or with others."""
    before = await strict_store.append("a", NO_STREAM, facts(2))
    again = [fact(), NewEvent(before[0].id, TYPE, {}, b"")]

    with pytest.raises(WrongVersion):
        await strict_store.append(stream, expected, again)

    assert await strict_store.read_all() == before


async def test_an_append_that_says_an_id_twice_is_refused_whole(store: EventStore) -> None:
    """All or nothing: the first of the two is not stored either."""
    twice = fact()

    with pytest.raises(WrongVersion):
        await store.append("a", NO_STREAM, [twice, fact(), twice])

    assert await store.read_all() == ()


async def test_more_than_was_stored_is_not_a_repeat(store: EventStore) -> None:
    """The same ids with one more behind them are another decision."""
    sent = facts(2)
    await store.append("a", NO_STREAM, sent)

    with pytest.raises(WrongVersion):
        await store.append("a", NO_STREAM, [*sent, fact()])


async def test_adding_nothing_adds_nothing(store: EventStore) -> None:
    """An append without facts asks for the version and leaves no stream behind."""
    assert await store.append("a", NO_STREAM, []) == ()
    with pytest.raises(WrongVersion):
        await store.append("a", 0, [])

    assert await store.head() == 0


async def test_adding_nothing_leaves_no_stamp(store: EventStore, clock: StandingClock) -> None:
    """Only facts hold the time: where none was added, the clock may still be put right."""
    await store.append("a", NO_STREAM, [])
    clock.forward(timedelta(seconds=-1))
    (kept,) = await store.append("a", NO_STREAM, facts(1))

    assert recorded_at(kept) == written(NOON - timedelta(seconds=1))


@pytest.mark.parametrize(
    "sent",
    [
        facts(MAX_APPEND_EVENTS + 1),
        [weighing(MAX_APPEND_BYTES + 1)],
        [weighing(MAX_APPEND_BYTES + 1, zone="Østjylland")],
        [weighing(MAX_APPEND_BYTES), weighing(100)],
    ],
    ids=["events", "bytes", "bytes of metadata", "together"],
)
async def test_too_much_at_once_is_refused(store: EventStore, sent: list[NewEvent]) -> None:
    """One append holds no more in any store than the smallest of them can take."""
    with pytest.raises(TooLarge):
        await store.append("a", NO_STREAM, sent)

    assert await store.read_all() == ()


async def test_the_most_that_is_allowed_is_taken(store: EventStore) -> None:
    """The bounds themselves are within bounds."""
    most = facts(MAX_APPEND_EVENTS)
    whole = [weighing(MAX_APPEND_BYTES - 100), weighing(100, zone="Østjylland")]
    await store.append("a", NO_STREAM, most)
    await store.append("b", NO_STREAM, whole)

    assert ids(await store.read_all()) == ids([*most, *whole])


@pytest.mark.parametrize("where", ["stream", "type", "metadata"])
async def test_text_that_cannot_be_stored_is_the_callers_fault(
    store: EventStore, where: str
) -> None:
    """Half a character is refused to the one who sent it, and the store goes on."""
    half, good = "\ud800", fact()
    sent = {
        "stream": (half, good),
        "type": ("a", NewEvent(good.id, half, {}, b"")),
        "metadata": ("a", fact(actor=half)),
    }
    stream, event = sent[where]

    with pytest.raises(ValueError, match="surrogates not allowed"):
        await store.append(stream, NO_STREAM, [event])

    assert await store.append("a", NO_STREAM, [good]) == await store.read_all()


async def test_a_caller_that_gives_up_leaves_nothing_torn(store: EventStore) -> None:
    """An append whose caller was cancelled has happened whole or not at all, and others go on."""
    sent = facts(3)
    asking = asyncio.ensure_future(store.append("a", NO_STREAM, sent))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    later = await store.append("b", NO_STREAM, facts(1))

    assert ids(await store.read_stream("a")) in ([], ids(sent))
    assert await store.read_stream("b") == later
    assert ids(await store.append("a", NO_STREAM, sent)) == ids(sent)
