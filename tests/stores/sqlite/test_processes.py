"""Several processes and one store: one writes, any may read, and any may be killed."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from shared.eventstore.port import (
    NO_STREAM,
    START,
    EventStore,
    Stored,
    StoreDown,
    StoreInUse,
)
from shared.eventstore.sqlite import SqliteStore
from shared.eventstore.sqlite_log import SqliteLog
from shared.kernel.clock import Clock, StandingClock, SystemClock
from tests.stores.facts import facts, recorded_at
from tests.stores.sqlite.conftest import Appending


async def everything(log: SqliteLog | EventStore) -> list[Stored]:
    """Give all facts of a store."""
    after, found = START, list[Stored]()
    while page := await log.read_all(after):
        after = page[-1].position
        found.extend(page)
    return found


def told(found: list[Stored]) -> set[str]:
    """Give facts as the other process tells of them."""
    return {f"{fact.position} {fact.id}" for fact in found}


def opened(path: Path, clock: Clock) -> SqliteStore:
    """Open the store once more."""
    return SqliteStore.open(path, clock)


async def test_a_second_writer_is_refused(store: EventStore, path: Path) -> None:
    """Two writers would each think that no other can come between its read and its commit."""
    with pytest.raises(StoreInUse):
        opened(path, SystemClock())

    await store.close()
    await opened(path, SystemClock()).close()


async def test_a_second_name_is_no_second_store(store: EventStore, path: Path) -> None:
    """The lock is the file's, whatever link leads to it."""
    link = path.with_name("link.db")
    link.symlink_to(path)

    with pytest.raises(StoreInUse):
        opened(link, SystemClock())
    assert await store.head() == START


async def test_another_process_keeps_writers_out_until_it_ends(
    appending: Appending, path: Path
) -> None:
    """While one process writes no other can; when it is killed, the next one can at once."""
    with pytest.raises(StoreInUse):
        opened(path, SystemClock())

    await appending.kill()
    await opened(path, SystemClock()).close()


async def test_what_was_accepted_outlives_a_kill(appending: Appending, path: Path) -> None:
    """A writer killed in the middle of its work has lost nothing that it said was stored."""
    await appending.kill()
    store = opened(path, SystemClock())
    found = await everything(store)
    streams = {fact.stream for fact in found}
    versions = {name: await store.read_stream(name) for name in streams}
    await store.close()

    assert len(appending.accepted) >= 100
    assert set(appending.accepted) <= told(found)
    for stream in versions.values():
        assert [fact.version for fact in stream] == list(range(len(stream)))
        assert len(stream) % 2 == 0, "half of an append was stored"


async def test_a_reader_follows_another_process(appending: Appending, path: Path) -> None:
    """What the writer has accepted can be read by another process at once, and after its death."""
    log = SqliteLog.open(path)
    assert set(appending.accepted) <= told(await everything(log))
    await appending.hear(100)
    assert set(appending.accepted) <= told(await everything(log))

    await appending.kill()
    assert set(appending.accepted) <= told(await everything(log))
    await log.close()


async def test_a_reader_may_come_after_the_kill(appending: Appending, path: Path) -> None:
    """A store whose writer was killed can be read before anyone has opened it for writing."""
    await appending.kill()
    log = SqliteLog.open(path)
    found = await everything(log)

    assert set(appending.accepted) <= told(found)
    assert await log.head() == found[-1].position
    assert await log.read_stream(found[0].stream)
    await log.close()


async def test_a_reader_may_come_after_a_good_end(store: EventStore, path: Path) -> None:
    """A closed store is one file; it can be read, and opened for writing while it is read."""
    before = await store.append("a", NO_STREAM, facts(2))
    await store.close()
    assert not path.with_name(path.name + "-wal").exists()

    log = SqliteLog.open(path)
    assert await log.read_all() == before
    again = opened(path, SystemClock())
    later = await again.append("a", 1, facts(1))
    assert await log.read_all() == before + later
    await again.close()
    await log.close()


def test_a_reader_makes_no_store(path: Path) -> None:
    """Reading where nothing is says so, and leaves nothing behind."""
    with pytest.raises(StoreDown):
        SqliteLog.open(path)

    assert not path.exists()


def test_a_file_that_is_no_store_is_refused(path: Path) -> None:
    """Something else under the name of the store is not written over, and nobody keeps its lock."""
    path.write_bytes(b"something else" * 1000)

    for _ in range(2):
        with pytest.raises(StoreDown):
            opened(path, SystemClock())
    assert path.read_bytes() == b"something else" * 1000


async def test_recorded_time_does_not_go_back_over_a_restart(
    store: EventStore, path: Path, clock: StandingClock
) -> None:
    """A machine that starts with its clock put back dates no fact before earlier ones."""
    (early,) = await store.append("a", NO_STREAM, facts(1))
    await store.close()
    clock.forward(timedelta(days=-1))
    again = opened(path, clock)
    (late,) = await again.append("a", 0, facts(1))
    await again.close()

    assert recorded_at(late) == recorded_at(early)


async def test_a_repeat_gets_its_answer_over_a_restart(store: EventStore, path: Path) -> None:
    """A caller that asks again after a restart is told what was stored before it."""
    sent = facts(2)
    first = await store.append("a", NO_STREAM, sent)
    await store.close()
    again = opened(path, SystemClock())

    assert await again.append("a", NO_STREAM, sent) == first
    await again.close()


async def test_a_backup_is_the_store_at_one_moment(
    appending: Appending, path: Path, tmp_path: Path
) -> None:
    """A copy made while another process writes holds all that was accepted before, and no gap."""
    to = tmp_path / "copy.db"
    before = set(appending.accepted)
    log = SqliteLog.open(path)
    await log.backup(to)
    await appending.hear(100)
    copy = opened(to, SystemClock())
    copied, whole = await everything(copy), await everything(log)

    assert before <= told(copied)
    assert copied == whole[: len(copied)]
    assert await copy.append("after", NO_STREAM, facts(1))
    await copy.close()
    await log.close()


async def test_a_backup_replaces_nothing(store: SqliteStore, tmp_path: Path) -> None:
    """An older copy is not lost to a newer one; a half-made one is."""
    await store.append("a", NO_STREAM, facts(2))
    to, unfinished = tmp_path / "copy.db", tmp_path / "copy.db.part"
    unfinished.write_bytes(b"the power went")
    await store.backup(to)
    kept = to.read_bytes()

    with pytest.raises(FileExistsError):
        await store.backup(to)
    assert to.read_bytes() == kept
    assert not unfinished.exists()


async def test_a_copy_refuses_changes_too(store: SqliteStore, tmp_path: Path) -> None:
    """The rules of the file go with the file."""
    await store.append("a", NO_STREAM, facts(1))
    await store.backup(tmp_path / "copy.db")
    raw = sqlite3.connect(tmp_path / "copy.db")

    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        raw.execute("DELETE FROM facts")
    raw.close()
