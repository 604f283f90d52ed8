"""What was destroyed, kept beside the vault so that an old copy cannot bring it back."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from shared.kernel.ids import SubjectId
from shared.vault.disk import connected, copied, locked, standing


class DestroyedList:
    """Subject ids whose keys are gone for good; only added to."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    @classmethod
    def open(cls, vault: Path) -> "DestroyedList":
        """Open the list of the vault at *vault*, made when it is not there."""
        file = connected(beside(vault))
        # Without a log beside it this file is always whole; EXTRA also syncs the folder.
        file.execute("PRAGMA synchronous = EXTRA")
        file.execute(
            "CREATE TABLE IF NOT EXISTS destroyed (subject TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"
        )
        return cls(file)

    def add(self, *subjects: SubjectId) -> None:
        """Write *subjects* down; on disk when it returns."""
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany(
                "INSERT OR IGNORE INTO destroyed VALUES (?)", [(each,) for each in subjects]
            )

    def all(self) -> list[SubjectId]:
        """Give every subject that was destroyed."""
        return [SubjectId(each) for (each,) in self._file.execute("SELECT subject FROM destroyed")]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def beside(vault: Path) -> Path:
    """Give where the list of the vault at *vault* lies."""
    return vault.with_name(f"destroyed-{vault.name}")


def backed_up(vault: Path, to: Path) -> None:
    """Copy the vault at *vault* and its list to *to* and beside it; another process may own it.

    The list is copied last: it never lacks what the copied vault has already lost.
    """
    copied(vault, to)
    copied(beside(vault), beside(to))


@contextmanager
def backing_up(vault: Path, to: Path) -> Iterator[None]:
    """Copy the vault as :func:`backed_up` does, around the copying of the facts that it opens.

    A key that was taken back meanwhile, because of a fact that the copied store has not heard of,
    is in the copy: a restored vault hears all facts anew and takes back what is to go.
    """
    before = to.with_name(f"before-{to.name}")
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    copied(vault, before)
    try:
        yield
        backed_up(vault, to)
        with closing(connected(to)) as file:
            file.execute("ATTACH DATABASE ? AS earlier", (str(before),))
            file.execute("INSERT OR IGNORE INTO wraps SELECT * FROM earlier.wraps")
            file.execute("DETACH DATABASE earlier")
    finally:
        before.unlink()


def restored(backup: Path, vault: Path) -> None:
    """Put *backup* in the place of the vault at *vault*, which nobody may own meanwhile.

    Both lists of the destroyed are kept, and :meth:`Vault.open` destroys again what is on them.
    Raises ``VaultInUse``.
    """
    vault.parent.mkdir(parents=True, exist_ok=True)
    lock = locked(vault)
    try:
        with (
            closing(standing(beside(backup))) as theirs,
            closing(DestroyedList.open(vault)) as ours,
        ):
            ours.add(*DestroyedList(theirs).all())
        copied(backup, vault)
        with closing(connected(vault)) as file:
            # The store put beside it may be older than what was heard when the copy was made.
            file.execute("DROP TABLE IF EXISTS revoked")
    finally:
        os.close(lock)
