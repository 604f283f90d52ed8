"""The test server's one file: what is appended is synced before anybody is told or may read it."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shared.testing.esdb.record import HEADER, Record, Recorded, frame, frames
from shared.testing.esdb.stream import METADATA, METADATA_OF, Stream

Sync = Callable[[int], None]
"""Puts what was written to a file, named by its descriptor, on the disk."""
IDS_KEPT = 50_000
"""How many ids a server knows without looking for them; a real one keeps 8 MB of them."""


class FolderInUse(RuntimeError):
    """Another test server keeps its streams in this folder."""


class Log:
    """Every stream of one folder. Appends of the same moment share one *sync*."""

    def __init__(self, folder: Path, sync: Sync = os.fdatasync) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "streams.log"
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            os.close(self._file)
            raise FolderInUse(f"another test server holds {self.path.name}") from held
        self._sync = sync
        self.records: list[Record] = []
        self.synced = 0
        self.streams: dict[str, Stream] = {}
        self.recent: dict[str, Record] = {}
        self._waiting: list[tuple[bytes, list[Record]]] = []
        self._grown = asyncio.Event()
        self._syncing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "esdb-sync")
        self._end = self._recover()

    def stream(self, name: str) -> Stream:
        """Give what is known of a stream; an empty one where there is none."""
        return self.streams.get(name) or Stream()

    @property
    def head(self) -> int:
        """The position of the last record that readers see; 0 in an empty log."""
        return self.records[self.synced - 1].position if self.synced else 0

    @property
    def synced_end(self) -> int:
        """Where the last record that readers see ends; 0 in an empty log."""
        return self.records[self.synced - 1].end if self.synced else 0

    def event(self, record: Record) -> Recorded:
        """Read one event from the file."""
        return Recorded.FromString(os.pread(self._file, record.size, record.payload))

    def write(self, proposed: list[Recorded]) -> list[Record]:
        """Give *proposed* their places, before anybody else; they are not yet synced."""
        packed, records = frame(self._end, proposed)
        self._end += len(packed)
        self._remember(proposed, records)
        self.recent.update((record.id, record) for record in records)
        for forgotten in list(self.recent)[:-IDS_KEPT] if len(self.recent) > 2 * IDS_KEPT else ():
            del self.recent[forgotten]
        self._waiting.append((packed, records))
        if self._syncing is None:
            self._syncing = asyncio.create_task(self._sync_all())
        return records

    async def until_synced(self, position: int) -> None:
        """Wait until the record at *position* is on disk; a disk that fails raises here."""
        while self.head < position:
            if self._syncing is not None and self._syncing.done():
                self._syncing.result()
            await self.growth()

    async def growth(self) -> None:
        """Wait until there may be more to read."""
        await self._grown.wait()

    def nudge(self) -> None:
        """Let everybody look who waits for more to read."""
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def close(self) -> None:
        """Sync what was written, as far as the disk does, and let go of the folder."""
        if self._syncing is not None:
            await asyncio.wait({self._syncing})
        self._thread.shutdown()
        os.close(self._file)

    async def _sync_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                packed = b"".join(part for part, _ in waiting)
                await loop.run_in_executor(self._thread, self._put, packed)
                self._show(record for _, records in waiting for record in records)
            self._syncing = None
        finally:
            self.nudge()

    def _put(self, packed: bytes) -> None:
        left = memoryview(packed)
        while left:
            left = left[os.write(self._file, left) :]
        self._sync(self._file)

    def _remember(self, events: list[Recorded], records: list[Record]) -> None:
        self.records.extend(records)
        for event, record in zip(events, records, strict=True):
            self.streams.setdefault(record.stream, Stream()).take(record)
            if record.type == METADATA:
                described = record.stream.removeprefix(METADATA_OF)
                self.streams.setdefault(described, Stream()).described(event.data)

    def _show(self, records: Iterable[Record]) -> None:
        for record in records:
            self.synced += 1
            self.streams[record.stream].synced += 1
        self.nudge()

    def _recover(self) -> int:
        content = self.path.read_bytes()
        end = len(HEADER)
        if content[:end] != HEADER:
            os.ftruncate(self._file, 0)
            os.write(self._file, HEADER)
            content = HEADER
        for events, records in frames(content):
            self._remember(events, records)
            self._show(records)
            end = records[-1].end
        os.ftruncate(self._file, end)
        os.lseek(self._file, end, os.SEEK_SET)
        return end
