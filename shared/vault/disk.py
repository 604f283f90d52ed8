"""How the vault lies on disk: made so that what is destroyed leaves no bytes behind.

The rows of ``keys`` are only ever added at the end or overwritten in place, never deleted or moved:
a row that moves between pages can leave a copy in the free space of the old page.
"""

import fcntl
import os
import sqlite3
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.vault.problems import NotYetGone, OtherShape, VaultInUse

_PATIENCE: Final = 1.0  # seconds; everyone who asks the vault waits as long
_SHAPE: Final = 2  # counted up when the tables change; 1 never said so and is read as 0
_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS sample (one INTEGER PRIMARY KEY CHECK (one = 1), wrapped BLOB NOT NULL)
    STRICT;
CREATE TABLE IF NOT EXISTS keys (id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE,
    wrapped BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY REFERENCES keys, person BLOB NOT NULL,
    authority TEXT NOT NULL, apart BLOB NOT NULL, UNIQUE (person, authority, apart)) STRICT;
CREATE TABLE IF NOT EXISTS cases (id BLOB PRIMARY KEY, person BLOB NOT NULL,
    standing TEXT NOT NULL DEFAULT 'awaited' CHECK (standing IN ('awaited', 'doubted', 'came')))
    STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cases_of_person ON cases (person);
CREATE INDEX IF NOT EXISTS cases_not_seen ON cases (id) WHERE standing <> 'came';
CREATE TABLE IF NOT EXISTS wraps (event BLOB NOT NULL, owner INTEGER NOT NULL REFERENCES keys,
    reader INTEGER NOT NULL REFERENCES keys, cause BLOB NOT NULL,
    of_case BLOB NOT NULL, wrapped BLOB NOT NULL,
    standing TEXT NOT NULL DEFAULT 'awaited' CHECK (standing IN ('awaited', 'doubted', 'came')),
    PRIMARY KEY (event, owner, reader, cause)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS wraps_of_reader ON wraps (reader);
CREATE INDEX IF NOT EXISTS wraps_of_case ON wraps (of_case);
CREATE INDEX IF NOT EXISTS wraps_not_seen ON wraps (of_case, cause) WHERE standing <> 'came';
CREATE TABLE IF NOT EXISTS revoked (one INTEGER PRIMARY KEY CHECK (one = 1),
    until INTEGER NOT NULL) STRICT;
PRAGMA user_version = {_SHAPE};
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class Disk:
    """The vault's open file and the lock that says who owns it."""

    file: sqlite3.Connection
    lock: int

    @classmethod
    def open(cls, path: Path) -> "Disk":
        """Open the file at *path*, made when it is not there.

        Raises ``VaultInUse`` and ``OtherShape``.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = locked(path)
        with ExitStack() as undo:
            undo.callback(os.close, lock)
            file = undo.enter_context(closing(connected(path)))
            _ensure_ours(file, path)
            file.execute("PRAGMA journal_mode = WAL")
            file.executescript(_SCHEMA)
            undo.pop_all()
        return cls(file, lock)

    def leave_nothing(self) -> None:
        """Bring every page home and empty the log. Raises ``NotYetGone``."""
        (busy, _, _) = self.file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise NotYetGone("a reader holds the vault's log; ask again when it has let go")

    def close(self) -> None:
        """Let go of the file and then of the lock."""
        self.file.close()
        os.close(self.lock)


def _ensure_ours(file: sqlite3.Connection, path: Path) -> None:
    """Refuse a file with tables of another shape before anything is written to it."""
    (shape,) = file.execute("PRAGMA user_version").fetchone()
    (tables,) = file.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and shape != _SHAPE:
        raise OtherShape(
            f"{path}: et nøglelager fra en anden version åbnes ikke; start den version, der skrev"
            " det, eller begynd i en tom mappe (written by another version of the platform and not"
            " touched; start the version that wrote it, or begin in an empty folder)"
        )


def connected(path: Path) -> sqlite3.Connection:
    """Give a connection that overwrites what it deletes; the file is for its owner alone."""
    # Only where it is missing: to open and close a database that is in use would drop its locks.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    file = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    for setting in ("secure_delete = ON", "synchronous = FULL", "temp_store = MEMORY"):
        file.execute(f"PRAGMA {setting}")
    file.execute("PRAGMA foreign_keys = ON")
    return file


def locked(path: Path) -> int:
    """Give the handle of the vault's lock, held until it is closed. Raises ``VaultInUse``."""
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as cause:
        os.close(handle)
        raise VaultInUse(
            f"{path}: nøglelageret er i brug; afslut først den, der har det"
            " (another process has the vault; end that one first)"
        ) from cause
    return handle


def standing(path: Path) -> sqlite3.Connection:
    """Give a connection to read a database that is there; another process may own it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


def copied(source: Path, to: Path) -> None:
    """Copy a database that may be in use over whatever is at *to*, as one file that is whole."""
    with closing(standing(source)) as here, closing(connected(to)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode = DELETE")
