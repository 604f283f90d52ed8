"""One source as the ledger has it: what is shown of it is what can be proven of it."""

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from services.audit.ledger.writing import Ledger
from shared.eventstore.port import Stored, StoreDown


@dataclass(frozen=True)
class LedgerTail:
    """The facts of *source* that are entries, for read models that follow the ledger."""

    ledger: Ledger
    source: str

    async def read_all(self, after: int, limit: int) -> Sequence[Stored]:
        """Give at most *limit* facts after position *after*, in order of position.

        Raises ``StoreDown`` where the file cannot be read just now.
        """
        try:
            return await asyncio.to_thread(self.ledger.pages.source, self.source, after, limit)
        except sqlite3.Error as problem:
            raise StoreDown(type(problem).__name__) from problem

    async def head(self) -> int:
        """Give the last position, ``START`` where there is none."""
        return await self.ledger.position(self.source)

    async def wait(self, after: int) -> None:
        """Return as soon as there is a fact after position *after*."""
        while True:
            size = self.ledger.size
            if await self.head() > after:
                return
            await self.ledger.grown(size)
