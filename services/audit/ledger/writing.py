"""Growing the ledger: facts come in by source and position, heads are signed over what is there.

Nothing is interpreted and nothing is ever set aside. How far a source has been heard is the
position of its last entry, so that entries and checkpoint cannot disagree.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from services.audit.ledger import tables
from services.audit.ledger.leaf import leaf
from services.audit.ledger.reading import LedgerFile, entries_in, node_reader
from services.audit.ledger.tree import Frontier
from shared.eventstore.lockfile import WriterLock
from shared.eventstore.port import START, Stored
from shared.eventstore.waking import Bell
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.note import Signer

T = TypeVar("T")
_ENTER = "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class OutOfOrder(Exception):
    """The facts of a source came in another order than that of their positions."""


class Rewritten(Exception):
    """The ledger no longer holds what it has signed; it signs nothing more."""


class Ledger:
    """The one writer of a ledger file; a sink for the facts of any number of sources.

    ``pages`` reads the same file and may be asked while facts come in, in any thread.
    Raises ``StoreInUse`` where another process writes the file. What is written is on disk when a
    call returns; a failed call has written nothing.
    """

    def __init__(self, path: Path) -> None:
        self.pages = LedgerFile(path)
        self._lock = WriterLock.take(path)
        self._connection = tables.opened(path)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        size = entries_in(self._connection)
        self._frontier = Frontier.of(node_reader(self._connection), size)
        self._bell = Bell(size)
        self._last: Checkpoint | None = None

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._frontier.size

    async def position(self, source: str) -> int:
        """Give the position of the last fact heard from *source*, ``START`` where there is none."""
        return await self._run(lambda: self._position(source))

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Enter what of *facts* has not been heard yet, all in one transaction.

        Raises ``OutOfOrder`` where their positions do not grow.
        """
        if any(one.position >= next_.position for one, next_ in pairwise(facts)):
            raise OutOfOrder(source)
        await self._run(lambda: self._enter(source, facts))

    async def grown(self, size: int) -> None:
        """Return as soon as there are more than *size* entries."""
        await self._bell.passed(size)

    async def sign(self, signer: Signer) -> Checkpoint:
        """Sign what is there now, unless that is signed already; give the newest head.

        Raises ``Rewritten`` where the tree no longer has the root that was signed last.
        """
        return await self._run(lambda: self._sign(signer))

    async def close(self) -> None:
        """Finish what was begun and let go of the file."""
        self._bell.end()
        await self._run(self._connection.close)
        self._writer.shutdown()
        self._lock.release()

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    def _position(self, source: str) -> int:
        last = "SELECT max(position) FROM entry WHERE source = ?"
        (position,) = self._connection.execute(last, (source,)).fetchone()
        return START if position is None else int(position)

    def _enter(self, source: str, facts: Sequence[Stored]) -> None:
        frontier = self._frontier.copy()
        with self._transaction():
            heard = self._position(source)
            for fact in facts:
                if fact.position > heard:
                    self._add(source, fact, frontier)
        self._frontier = frontier
        self._bell.ring(frontier.size)

    def _add(self, source: str, fact: Stored, frontier: Frontier) -> None:
        own, *above = frontier.add(leaf(fact))
        place = (own.number, source, fact.position, fact.stream, fact.version)
        content = (fact.id.bytes, fact.type, fact.metadata, fact.data, own.hash)
        self._connection.execute(_ENTER, place + content)
        self._connection.executemany("INSERT INTO node VALUES (?, ?, ?)", above)

    def _sign(self, signer: Signer) -> Checkpoint:
        last = self._last or self._last_signed(signer)
        if last and self._root(last.size) != last.root:
            raise Rewritten(f"entry {last.size - 1} or one before it is not what was signed")
        if last and last.size == self.size:
            return last
        head = Checkpoint(signer.name, self.size, self._frontier.root())
        with self._transaction():
            add = "INSERT INTO head SELECT coalesce(max(number), -1) + 1, ? FROM head"
            self._connection.execute(add, (head.signed(signer),))
        self._last = head
        return head

    def _last_signed(self, signer: Signer) -> Checkpoint | None:
        newest = "SELECT note FROM head ORDER BY number DESC LIMIT 1"
        row = self._connection.execute(newest).fetchone()
        return Checkpoint.verified(row[0], signer.public) if row else None

    def _root(self, size: int) -> bytes | None:
        if size > self.size:
            return None
        return Frontier.of(node_reader(self._connection), size).root()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
