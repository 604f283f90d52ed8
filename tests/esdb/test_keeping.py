"""The test server loses nothing that it said it had: its file, its sync, its folder."""

import asyncio
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from esdbclient import AsyncEventStoreDBClient, NewEvent, StreamState
from esdbclient.exceptions import EventStoreDBClientException, NotFound, UnknownError

from shared.testing.esdb import (
    DidNotStart,
    EsdbServer,
    Fault,
    FolderInUse,
    Order,
    esdb_process,
    esdb_server,
)
from tests.esdb.plain import PATIENCE, all_of, connected, fill

NEW = StreamState.NO_STREAM


async def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """Whatever an append was answered for is there after kill -9 in the middle of many."""
    async with esdb_process(tmp_path / "store") as server, connected(server.url) as client:
        answered: dict[str, int] = {}
        enough = asyncio.Event()

        async def write(stream: str) -> None:
            while True:
                events = [NewEvent("Sent", b"x" * 200) for _ in range(3)]
                expected = answered.get(stream, NEW)
                await client.append_to_stream(stream, current_version=expected, events=events)
                answered[stream] = answered.get(stream, -1) + 3
                if sum(answered.values()) > 200:
                    enough.set()

        writing = [asyncio.create_task(write(f"s-{number}")) for number in range(8)]
        async with asyncio.timeout(PATIENCE):
            await enough.wait()
        os.kill(server.pid, signal.SIGKILL)
        await asyncio.wait(writing)
        assert all(isinstance(task.exception(), EventStoreDBClientException) for task in writing)
        await server.kill()
    async with esdb_server(tmp_path / "store") as again, connected(again.url) as client:
        for stream, last in answered.items():
            assert await client.get_current_version(stream) in (last, last + 3)


def _cut(path: Path, at: int) -> None:
    os.truncate(path, at)


def _blank(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\x00")


@pytest.mark.parametrize("tear", [_cut, _blank])
async def test_a_torn_end_is_dropped(tear: Callable[[Path, int], None], tmp_path: Path) -> None:
    """An append of which a part is missing in the file never was; the server goes on after it."""
    async with esdb_server(tmp_path) as server, connected(server.url) as client:
        await fill(client, "a", "Sent")
        whole = server.log.path.stat().st_size
        two = [NewEvent("Read", b""), NewEvent("Closed", b"")]
        position = await client.append_to_stream("a", current_version=0, events=two)
    tear(tmp_path / "streams.log", position + 10)
    async with esdb_server(tmp_path) as server, connected(server.url) as client:
        assert server.log.path.stat().st_size == whole
        assert [event.type for event in await client.get_stream("a")] == ["Sent"]
        assert await client.append_to_stream("a", current_version=0, events=two) == position


async def test_a_restart_changes_no_answer(tmp_path: Path) -> None:
    """Bytes, numbers, positions, deletions and repetitions are after a restart as before."""
    events = [NewEvent("Sent", b"\x00\xff", b'{"a":1}'), NewEvent("Read", b"{}")]
    async with esdb_server(tmp_path) as server, connected(server.url) as client:
        first = await client.append_to_stream("a", current_version=NEW, events=events)
        await fill(client, "gone", "Sent")
        await client.delete_stream("gone", current_version=0)
        before = await all_of(client, filter_exclude=())
    async with esdb_server(tmp_path) as server, connected(server.url) as client:
        assert [vars(each) for each in await all_of(client, filter_exclude=())] == [
            vars(each) for each in before
        ]
        assert await client.append_to_stream("a", current_version=NEW, events=events) == first
        with pytest.raises(NotFound):
            await client.get_stream("gone")
        await fill(client, "gone", "Sent", after=0)
        assert [one.stream_position for one in await client.get_stream("gone")] == [1]


async def test_nothing_is_answered_or_read_before_it_is_synced(tmp_path: Path) -> None:
    """While the disk works, an append has no answer and no reader sees it."""
    working, done = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(file: int) -> None:
        if os.fstat(file).st_size > 250:  # more than the server's own first record
            loop.call_soon_threadsafe(working.set)
            assert done.wait(PATIENCE)
        os.fdatasync(file)

    async with esdb_server(tmp_path, sync=slow) as server, connected(server.url) as client:
        events = [NewEvent("Sent", b"x" * 500)]
        append = asyncio.create_task(
            client.append_to_stream("a", current_version=NEW, events=events)
        )
        async with asyncio.timeout(PATIENCE):
            await working.wait()
        assert await client.get_current_version("a") is NEW
        assert await all_of(client) == []
        assert not append.done()
        done.set()
        assert await append == server.log.head
        assert await client.get_current_version("a") == 0


async def test_a_disk_that_fails_is_not_written_to_again(tmp_path: Path) -> None:
    """When a sync fails nobody is told that it went well, then or later."""

    def failing(file: int) -> None:
        if os.fstat(file).st_size > 250:
            raise OSError(errno.ENOSPC, "no space left")
        os.fdatasync(file)

    async with esdb_server(tmp_path, sync=failing) as server, connected(server.url) as client:
        event = NewEvent("Sent", b"x" * 500)
        for stream in ("a", "b"):
            with pytest.raises(UnknownError, match="no space left"):
                await client.append_to_stream(stream, current_version=NEW, events=event)
        assert await all_of(client) == []


async def test_a_conflict_with_what_is_being_synced_is_seen(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """Of many who append at the same place at the same moment one wins."""
    tries = [
        client.append_to_stream("a", current_version=NEW, events=NewEvent("Sent", b""))
        for _ in range(20)
    ]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, int) for one in done) == 1
    assert len(server.log.stream("a").records) == 1


async def test_a_folder_has_one_server(tmp_path: Path) -> None:
    """A second server of the same folder is refused, in the process and beside it."""
    async with esdb_process(tmp_path):
        with pytest.raises(FolderInUse):
            async with esdb_server(tmp_path):
                pytest.fail("two servers write to one file")
        with pytest.raises(DidNotStart, match="another test server"):
            async with esdb_process(tmp_path):
                pytest.fail("two servers write to one file")


async def test_it_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    """SIGTERM ends it in order, with readers still there; a fault can be ordered of it before."""
    async with esdb_process(tmp_path) as server, connected(server.url) as client:
        await server.order(Order(fault=Fault.LOST_DONE))
        await fill(client, "a", "Sent")
        subscription = await client.subscribe_to_all()
        assert (await anext(subscription)).type == "Sent"
        assert await server.stop() == 0
        await server.start()
        assert await client.get_current_version("a") == 0


async def test_it_says_that_it_is_for_tests() -> None:
    """Whoever asks the program what it is reads that it is for tests only."""
    asked = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "shared.testing.esdb", "--help"), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await asked.communicate()
    assert b"for tests only" in b" ".join(said.split())
