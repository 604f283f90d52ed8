"""A try at what does not exist for somebody is told to its owner once a day, by Danish days."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.referrals.projections.tries import Tries
from services.referrals.tried import TryNames
from shared.eventstore.port import Stored
from shared.eventstore.sealing import code_in
from shared.kernel.clock import StandingClock
from shared.kernel.ids import AuthorityId
from shared.kernel.recorded import Recorded
from shared.projections.views import Views
from shared.reads.reading import Reading
from shared.reads.sealing import ReadsKey
from tests.reads.people import looked, officer, tried

CASE, OTHER = UUID(int=1), UUID(int=2)
LATE = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
"""One minute to midnight in Denmark, where it is winter."""
KEY = ReadsKey(bytes(32))
ACTORS = b"a" * 32
NAMES = TryNames(b"t" * 32)


async def told(folder: Path, *readings: Reading, names: TryNames = NAMES) -> Sequence[Any]:
    """Give the rows of tries that come of *readings*, each heard by itself."""
    tries = Tries(ACTORS, names)
    url, clock = f"sqlite+aiosqlite:///{folder / 'views.db'}", StandingClock(LATE)
    views = await Views.open(url, (tries,), _decode, clock)
    for position, reading in enumerate(readings, 1):
        record = KEY.record(reading)
        metadata = str({**record.metadata, "recorded_at": "2026-11-30T22:59:00.000000Z"})
        fact = (record.id, record.type, metadata.replace("'", '"').encode(), record.data)
        await views.apply("reads", [Stored(position, f"read-{record.id}", 0, *fact)])
    async with views.reading() as (connection, generation):
        rows = (await connection.execute(select(tries.table(generation)))).all()
    await views.close()
    return rows


def _decode(stored: Stored) -> Recorded[Any]:
    return KEY.codec.decode(stored)


async def test_the_same_try_is_told_once_a_day(tmp_path: Path) -> None:
    """However often somebody tries in a day it is one try; after midnight it is another."""
    again = tried(CASE, at=LATE + timedelta(seconds=30))
    next_day = tried(CASE, at=LATE + timedelta(minutes=2))
    rows = await told(tmp_path, tried(CASE, at=LATE), again, next_day)
    assert [row.at[:16] for row in sorted(rows, key=lambda row: row.at)] == [
        "2026-11-30T22:59",
        "2026-11-30T23:01",
    ]


async def test_another_person_or_referral_is_another_try(tmp_path: Path) -> None:
    """Each person is told of by themselves, as no more than a code, and so is each referral."""
    somebody = tried(CASE, at=LATE).model_copy(update={"who": officer("en anden")})
    rows = await told(tmp_path, tried(CASE, at=LATE), somebody, tried(OTHER, at=LATE))
    assert len({row.id for row in rows}) == 3
    assert {row.stream for row in rows} == {f"referral-{CASE}", f"referral-{OTHER}"}
    assert {AuthorityId(row.tried_by) for row in rows} == {somebody.who.authority}


async def test_who_tried_is_found_by_nobody_without_the_key(tmp_path: Path) -> None:
    """What a try is called stands in clear in a fact: it says who only to the service itself.

    Another key gives another name, and at another referral the same person is another code.
    """
    rows = await told(tmp_path, tried(CASE, at=LATE), tried(OTHER, at=LATE))
    mine, elsewhere = sorted(rows, key=lambda row: row.stream)
    (apart := tmp_path / "apart").mkdir()
    (under_another,) = await told(apart, tried(CASE, at=LATE), names=TryNames(b"u" * 32))
    assert mine.id != under_another.id
    ids, streams = (UUID(mine.id), UUID(elsewhere.id)), (mine.stream, elsewhere.stream)
    codes = [code_in(stream, officer().actor, ACTORS) for stream in streams]
    assert [NAMES.is_of(i, c) for i, c in zip(ids, codes, strict=True)] == [True, True]
    assert not NAMES.is_of(ids[0], codes[1])
    assert not NAMES.is_of(ids[0], officer().actor)


async def test_a_look_that_was_granted_is_no_try(tmp_path: Path) -> None:
    """Who was shown what they asked for has not tried in vain."""
    assert await told(tmp_path, looked(CASE, at=LATE)) == []
