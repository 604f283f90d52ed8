"""What a reader had a key to and may no longer open: the wraps are removed.

It is said for a case as a whole what stays. A wrap whose cause is not yet known is left alone: the
fact that brings it may be about to be stored.
"""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.kernel.decider import Grant
from shared.kernel.ids import AuthorityId

NEVER: Final = 0
"""The position of a store before its first fact."""
_OF_CASE: Final = (
    "SELECT event, owner, reader, cause, authority FROM wraps JOIN files ON files.id = reader"
    " WHERE of_case = ?"
)
_REMOVE: Final = "DELETE FROM wraps WHERE event = ? AND owner = ? AND reader = ? AND cause = ?"
_REACHED: Final = "SELECT until FROM revoked"
_REACH: Final = "INSERT OR REPLACE INTO revoked (one, until) VALUES (1, ?)"


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is open in a case by its ``facts``, which are known by their ids: the ``grants``."""

    case: UUID
    facts: Collection[UUID]
    grants: Collection[Grant]


class Revoker:
    """Removes wraps, and remembers up to which position of the store that has been done."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def until(self) -> int:
        """Give the position up to which all that was to be removed is gone."""
        row: tuple[int] | None = self._file.execute(_REACHED).fetchone()
        return row[0] if row else NEVER

    def revoke(self, cases: Iterable[Remaining], until: int) -> int:
        """Remove what no grant of its case covers, and give how many wraps went."""
        removed = sum(self._remove(case) for case in cases)
        self._file.execute(_REACH, (until,))
        return removed

    def _remove(self, case: Remaining) -> int:
        kept = {(grant.event, grant.reader) for grant in case.grants}
        rows = self._file.execute(_OF_CASE, (case.case.bytes,)).fetchall()
        gone = [
            (event, owner, reader, cause)
            for event, owner, reader, cause, authority in rows
            if UUID(bytes=cause) in case.facts
            and UUID(bytes=event) in case.facts
            and (UUID(bytes=event), AuthorityId(authority)) not in kept
        ]
        self._file.executemany(_REMOVE, gone)
        return len(gone)
