"""What was written before an append that never came is removed, once that is sure."""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.vault.turns import Turns

Exists = Callable[[UUID], Awaitable[bool]]
"""Says whether the store holds what has this id."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one table that stand or fall with an id."""

    awaited: str
    remove: str
    put: str


WRAPS: Final = _Rows(
    awaited="SELECT DISTINCT cause FROM wraps WHERE standing <> 'came'",
    remove="DELETE FROM wraps WHERE cause = ? AND standing = 'doubted'",
    put="UPDATE wraps SET standing = ? WHERE cause = ? AND standing <> 'came'",
)
CASES: Final = _Rows(
    awaited="SELECT id FROM cases WHERE standing <> 'came'",
    remove="DELETE FROM cases WHERE id = ? AND standing = 'doubted'",
    put="UPDATE cases SET standing = ? WHERE id = ? AND standing <> 'came'",
)


class Sweeper:
    """Asks after each row once it may have come; found, it is never asked after again."""

    def __init__(self, file: sqlite3.Connection, turns: Turns) -> None:
        self._file, self._turns = file, turns

    async def sweep(self, rows: _Rows, exists: Exists) -> int:
        """Remove what was missing before and still is, and doubt what is missing now."""
        awaited = await self._turns.take(lambda: self._file.execute(rows.awaited).fetchall())
        came = {raw: await exists(UUID(bytes=raw)) for (raw,) in awaited}
        return await self._turns.take(lambda: self._settle(rows, came))

    def _settle(self, rows: _Rows, came: dict[bytes, bool]) -> int:
        removed = 0
        for raw, is_here in came.items():
            if not is_here:
                removed += self._file.execute(rows.remove, (raw,)).rowcount
            self._file.execute(rows.put, ("came" if is_here else "doubted", raw))
        return removed
