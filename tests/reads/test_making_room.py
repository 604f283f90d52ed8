"""Reads go on where nothing else is written any more, for as long as room was held for them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from services.councils.app import reads
from shared.api.health import State
from shared.eventstore.port import NO_STREAM, NewEvent, StoreFull
from shared.reads.ballast import BYTES_A_READ, LEAST, PAGE, STEP, Ballast
from shared.reads.log import ReadsUnwritable
from shared.serving.ground import Ground, ground
from shared.serving.keys import Keys
from shared.serving.settings import ServiceSettings
from tests.reads.people import listed, looked
from tests.reads.weighing import weighed

NOWHERE = "nats://127.0.0.1:1"


@asynccontextmanager
async def standing(var: Path, limits: Mapping[str, int]) -> AsyncIterator[Ground]:
    """Give the ground of councils with these limits; nothing runs on it."""
    told = {"var": var, "bus_url": NOWHERE, **limits}
    settings = ServiceSettings.model_validate(told)
    keys = Keys.of("councils", settings)
    async with ground("councils", settings, keys, *reads(keys)) as here:
        yield here


async def add(here: Ground, size: int = 2_000) -> None:
    """Store a fact, as a command would."""
    said = {"occurred_at": "2026-01-16T14:40:00.000000Z"}
    fact = NewEvent(uuid4(), "made.up.v1", said, b"x" * size)
    await here.store.append(f"made-{uuid4()}", NO_STREAM, [fact])


async def filled_with_facts(here: Ground) -> None:
    """Store facts until the file is full."""
    with pytest.raises(StoreFull):
        await _without_end(partial(add, here))


def steps(count: int) -> dict[str, int]:
    """Give the limits under which the ballast is so many steps, beside a small log."""
    pages = LEAST + count * STEP
    return {"reads_pages": pages // PAGE, "reads_a_day": count * STEP, "reads_days": 1}


async def _without_end(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await work()


async def test_reads_go_on_when_facts_are_refused(tmp_path: Path) -> None:
    """A store of facts that is full to its last page stops commands, and no read."""
    async with standing(tmp_path, {"store_pages": 30}) as here:
        await filled_with_facts(here)
        log = here.noting.log
        before = await log.store.head()
        await log.note(looked())
        assert await log.store.head() == before + 1
        assert await log.recall(looked().who, looked().ids[0]) == "handling"


async def test_the_ballast_gives_way_until_it_is_gone(tmp_path: Path) -> None:
    """A log that is full takes the ballast step by step; after that nothing is shown."""
    async with standing(tmp_path, steps(2)) as here:
        log, ballast = here.noting.log, here.noting.log.ballast
        assert ballast is not None
        held = [ballast.held]

        async def note() -> None:
            await log.note(listed([uuid4() for _ in range(50)]))
            held.append(ballast.held)

        with pytest.raises(ReadsUnwritable):
            await _without_end(note)
        assert sorted(set(held)) == [0, STEP, 2 * STEP]
        assert ballast.held == 0
        assert len(await log.store.read_all(0, 10_000)) == len(held) - 1
        assert _size(ballast.log) <= LEAST + 2 * STEP


async def test_what_reads_made_room_for_is_theirs(tmp_path: Path) -> None:
    """From the first step on no fact is stored, and operators are told; reads go on."""
    async with standing(tmp_path, steps(1)) as here:
        log, ballast = here.noting.log, here.noting.log.ballast
        assert ballast is not None
        check = here.checks()["reads"]
        await add(here)
        assert ballast.give_way()
        with pytest.raises(StoreFull):
            await add(here)
        await log.note(looked())
        assert (await check()).state is State.DEGRADED
        assert "of" in (await check()).note


async def test_many_that_need_room_take_one_step(tmp_path: Path) -> None:
    """Doors that meet a full log at once give up no more of the ballast than they need."""
    async with standing(tmp_path, steps(4)) as here:
        log, ballast = here.noting.log, here.noting.log.ballast
        assert ballast is not None
        held = ballast.held
        while not ballast.gave_way:
            await asyncio.gather(*(log.note(looked()) for _ in range(16)))
        assert ballast.held == held - STEP


def test_the_disk_gets_back_what_is_given_up(tmp_path: Path) -> None:
    """The room is really held on the disk, really given back, and held again when it is there."""
    ballast = Ballast(tmp_path / "reads.db", 4 * STEP)
    assert ballast.make()
    assert _on_disk(ballast) >= 4 * STEP
    assert ballast.give_way()
    assert _on_disk(ballast) < 4 * STEP
    assert (ballast.gave_way, ballast.whole) == (True, False)
    assert ballast.restored()
    assert (ballast.gave_way, ballast.whole) == (False, True)
    assert _on_disk(ballast) >= 4 * STEP


def test_a_disk_that_is_too_small_holds_what_it_held(tmp_path: Path) -> None:
    """Where there is no such room, what was held stays held, and it is known not to be whole."""
    small = Ballast(tmp_path / "reads.db", STEP)
    small.make()
    vast = Ballast(tmp_path / "reads.db", 1 << 60)
    assert not vast.make()
    assert (vast.held, vast.whole, vast.gave_way) == (STEP, False, False)
    assert not vast.restored()


@pytest.mark.parametrize(
    ("told", "reads"),
    [
        ({}, 833),
        ({"mode": "production"}, 600_000),
        ({"reads_a_day": 500, "reads_days": 7}, 3_500),
        ({"reads_days": 0}, 0),
    ],
)
def test_room_is_reckoned_from_the_settings(told: dict[str, object], reads: int) -> None:
    """Reads a day times days; a month in production, and little where somebody tries it out."""
    assert ServiceSettings.model_validate(told).reads_reserved == reads


async def test_a_read_weighs_what_is_reckoned(tmp_path: Path) -> None:
    """The bytes a read that room is held by are those of the real file, and not much more."""
    found = await weighed(tmp_path)
    assert found <= BYTES_A_READ <= 1.2 * found


def _size(file: Path) -> int:
    return file.stat().st_size


def _on_disk(ballast: Ballast) -> int:
    return ballast.file.stat().st_blocks * 512
