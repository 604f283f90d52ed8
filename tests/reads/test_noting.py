"""What note() promises: durable when it returns, whole, and telling nobody who has no key."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticSerializationError

from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import (
    NewEvent,
    OutcomeUnknown,
    StoreBusy,
    Stored,
    StoreDown,
    StoreProblem,
)
from shared.eventstore.sqlite import SqliteStore
from shared.eventstore.sqlite_log import SqliteLog
from shared.kernel.clock import StandingClock
from shared.kernel.personal import StillClosed
from shared.reads.events import AlwaysHidden, ReadMade
from shared.reads.log import ReadLog, ReadsUnwritable
from shared.reads.reading import MOST_OBJECTS, Reading, gathered
from tests.reads.people import CASE, FRIDAY, SUBJECT, UNIT, listed, looked, officer, tried


class Faulty(MemoryStore):
    """A store that answers an append with each of these problems, and then does it.

    With an unknown outcome it has done it all the same.
    """

    def __init__(self, *problems: StoreProblem) -> None:
        super().__init__(StandingClock(FRIDAY))
        self.problems = list(problems)

    async def append(
        self, stream: str, expected: int, events: Sequence[NewEvent]
    ) -> tuple[Stored, ...]:
        """Add *events*, or raise what is next."""
        problem = self.problems.pop(0) if self.problems else None
        if problem is None:
            return await super().append(stream, expected, events)
        if isinstance(problem, OutcomeUnknown):
            await super().append(stream, expected, events)
        raise problem


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """Give a store in a file."""
    opened = SqliteStore.open(tmp_path / "reads.db", StandingClock(FRIDAY))
    yield opened
    await opened.close()


def written_to(folder: Path) -> bytes:
    """Give every byte of the file of the log and of its journal."""
    return b"".join(path.read_bytes() for path in folder.glob("reads.db*"))


async def told(log: ReadLog) -> list[Reading]:
    """Give every reading noted, opened, first to last."""
    return [log.key.codec.decode(each).event.reading.value for each in await log.store.read_all()]


async def test_a_reading_is_on_the_disk_when_noted(store: SqliteStore, tmp_path: Path) -> None:
    """Another process finds it in the file at once, whole, in a stream of its own."""
    log = ReadLog.over(store)
    await log.note(looked())
    other = SqliteLog.open(tmp_path / "reads.db")
    (found,) = await other.read_all()
    await other.close()
    assert (found.stream, found.version, found.type) == (f"read-{found.id}", 0, "read.made.v1")
    assert log.key.codec.decode(found).event.reading.value == looked()


async def test_no_byte_tells_who_or_what(store: SqliteStore, tmp_path: Path) -> None:
    """Neither the file nor its journal says who read, in which unit, which case or why."""
    log = ReadLog.over(store)
    await log.note(looked(reason="Opdigtet grund."))
    await log.note(listed([CASE]))
    raw = written_to(tmp_path)
    told = (SUBJECT, officer().actor, UNIT, str(CASE), "handling", "birth_date", "Opdigtet", "show")
    assert [each for each in told if each.encode() in raw] == []


async def test_an_envelope_joins_no_two_readings() -> None:
    """Two reads of the same case by the same person have nothing in common but their authority."""
    log = ReadLog.over(MemoryStore(StandingClock(FRIDAY)))
    await log.note(looked())
    await log.note(looked())
    one, other = (json.loads(each.metadata) for each in await log.store.read_all())
    same = {name for name in one if one[name] == other[name] and one[name]}
    assert same == {"authority", "regime", "rulebook", "occurred_at", "recorded_at"}


def test_a_clear_reading_is_never_written() -> None:
    """Whoever would store one without its seal is stopped."""
    with pytest.raises(PydanticSerializationError, match=StillClosed.__name__):
        ReadMade(reading=AlwaysHidden(looked())).model_dump_json()


async def test_many_at_once_get_in_each_others_way_never(store: SqliteStore) -> None:
    """A hundred doors note at once; each reading is there once."""
    log, cases = ReadLog.over(store), [uuid4() for _ in range(100)]
    await asyncio.gather(*(log.note(looked(case)) for case in cases))
    assert sorted(each.ids[0] for each in await told(log)) == sorted(
        f"referral:{case}" for case in cases
    )


async def test_a_lost_answer_is_asked_for_again() -> None:
    """Where nobody knows whether it was written, it is written once in the end."""
    log = ReadLog.over(Faulty(OutcomeUnknown("?"), OutcomeUnknown("?")))
    await log.note(looked())
    assert await told(log) == [looked()]


@pytest.mark.parametrize(
    "problems", [[StoreDown("")], [StoreBusy("")], [OutcomeUnknown("?")] * 3], ids=str
)
async def test_what_cannot_be_noted_is_refused(problems: list[StoreProblem]) -> None:
    """A store that is away, too busy or silent for good is one refusal: nothing may be shown."""
    with pytest.raises(ReadsUnwritable):
        await ReadLog.over(Faulty(*problems)).note(looked())


async def test_what_is_hidden_reads_as_what_never_was() -> None:
    """A denied try leaves the id asked for, and nothing of what there would have been to see."""
    log, never = ReadLog.over(MemoryStore(StandingClock(FRIDAY))), uuid4()
    hidden = tried(CASE, policies=("hide-secret",)).model_copy(
        update={"objects": gathered([(f"referral:{CASE}", ("name", "crime"))])}
    )
    await log.note(hidden)
    await log.note(tried(never, policies=(), basis=None))
    first, second = await told(log)
    assert first.model_copy(update={"objects": ()}) == second.model_copy(update={"objects": ()})
    assert (first.objects[0].fields, second.objects[0].fields) == ((), ())
    one, other = await log.store.read_all()
    assert len(one.data) == len(other.data)


async def test_what_was_shown_and_denied_weigh_the_same() -> None:
    """The length of what is sealed tells nobody without the key whether something was shown."""
    log = ReadLog.over(MemoryStore(StandingClock(FRIDAY)))
    await log.note(looked())
    await log.note(tried(CASE))
    shown, denied = await log.store.read_all()
    assert len(shown.data) == len(denied.data)


async def test_an_export_of_any_size_is_noted_whole() -> None:
    """What is too much for one record is several, and none of its objects is missing."""
    log = ReadLog.over(MemoryStore(StandingClock(FRIDAY)))
    cases = [uuid4() for _ in range(2 * MOST_OBJECTS + 1)]
    await log.note(listed(cases))
    parts = await told(log)
    assert [len(each.ids) for each in parts] == [MOST_OBJECTS, MOST_OBJECTS, 1]
    assert {each for part in parts for each in part.ids} == {f"referral:{case}" for case in cases}


FIELDS = st.lists(st.sampled_from(["name", "crime", "health"]), max_size=3, unique=True)


@given(st.dictionaries(st.text("abc", min_size=1), FIELDS))
def test_gathering_loses_nothing(shown: dict[str, list[str]]) -> None:
    """Every object keeps its fields, however they are grouped."""
    seen = gathered(shown.items())
    assert {each: list(group.fields) for group in seen for each in group.ids} == shown
    assert len({group.fields for group in seen}) == len(seen)
