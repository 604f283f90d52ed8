"""What was written before an append that never came is removed, once that is sure."""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.vault.turns import Turns

CameIn = Callable[[UUID, UUID], Awaitable[bool]]
"""Says whether the store holds, among the facts of a case, the one with this id."""
Began = Callable[[UUID], Awaitable[bool]]
"""Says whether the store holds any fact of a case."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one table that stand or fall with what an id, or more than one, names."""

    awaited: str
    remove: str
    put: str


WRAPS: Final = _Rows(
    awaited="SELECT DISTINCT of_case, cause FROM wraps WHERE standing <> 'came'",
    remove="DELETE FROM wraps WHERE of_case = ? AND cause = ? AND standing = 'doubted'",
    put="UPDATE wraps SET standing = ? WHERE of_case = ? AND cause = ? AND standing <> 'came'",
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

    async def sweep(self, rows: _Rows, exists: Callable[..., Awaitable[bool]]) -> int:
        """Remove what was missing before and still is, and doubt what is missing now."""
        awaited = await self._turns.take(lambda: self._file.execute(rows.awaited).fetchall())
        came = {ids: await exists(*(UUID(bytes=raw) for raw in ids)) for ids in awaited}
        return await self._turns.take(lambda: self._settle(rows, came))

    def _settle(self, rows: _Rows, came: dict[tuple[bytes, ...], bool]) -> int:
        removed = 0
        for ids, is_here in came.items():
            if not is_here:
                removed += self._file.execute(rows.remove, ids).rowcount
            self._file.execute(rows.put, ("came" if is_here else "doubted", *ids))
        return removed
