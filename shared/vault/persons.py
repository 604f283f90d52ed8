"""Who is who: which person a case is about, and what that person is called in each file."""

import sqlite3
from uuid import UUID, uuid4

from shared.kernel.ids import AuthorityId, SubjectId
from shared.vault.keyring import Keyring
from shared.vault.problems import UnknownCase, UnknownSubject


class Persons:
    """Cases, persons and their files. A person has no id that ever leaves the vault."""

    def __init__(self, file: sqlite3.Connection, keyring: Keyring) -> None:
        self._file, self._keyring = file, keyring

    def enrol(self, case: UUID, authority: AuthorityId, known_as: SubjectId | None) -> None:
        """Bind *case* to a person unless it is bound. Raises ``UnknownSubject``."""
        if self._file.execute("SELECT 1 FROM cases WHERE id = ?", (case.bytes,)).fetchone():
            self._file.execute(
                "UPDATE cases SET standing = 'awaited' WHERE id = ? AND standing = 'doubted'",
                (case.bytes,),
            )
            return
        person = uuid4().bytes if known_as is None else self._known(known_as, authority)
        self._file.execute("INSERT INTO cases (id, person) VALUES (?, ?)", (case.bytes, person))

    def subject(self, case: UUID, authority: AuthorityId, *, apart: bool) -> tuple[int, SubjectId]:
        """Give number and id of the file that *authority* keeps. Raises ``UnknownCase``."""
        found = self._file.execute(
            "SELECT person FROM cases WHERE id = ?", (case.bytes,)
        ).fetchone()
        if found is None:
            raise UnknownCase(str(case))
        file = (found[0], authority, case.bytes if apart else b"")
        known = self._file.execute(
            "SELECT id, subject FROM files JOIN keys USING (id)"
            " WHERE person = ? AND authority = ? AND apart = ?",
            file,
        ).fetchone()
        if known is not None:
            return int(known[0]), SubjectId(known[1])
        number, subject = self._keyring.make()
        self._file.execute("INSERT INTO files VALUES (?, ?, ?, ?)", (number, *file))
        return number, subject

    def close_file(self, number: int) -> None:
        """Forget whose file this was; with a person's last file, that its cases were about one."""
        row = self._file.execute("SELECT person FROM files WHERE id = ?", (number,)).fetchone()
        self._file.execute("DELETE FROM files WHERE id = ?", (number,))
        if (
            row is None
            or self._file.execute("SELECT 1 FROM files WHERE person = ?", row).fetchone()
        ):
            return
        self._file.execute("UPDATE cases SET person = randomblob(16) WHERE person = ?", row)

    def _known(self, subject: SubjectId, authority: AuthorityId) -> bytes:
        row = self._file.execute(
            "SELECT person FROM files JOIN keys USING (id) WHERE subject = ? AND authority = ?",
            (subject, authority),
        ).fetchone()
        if row is None:
            raise UnknownSubject
        return bytes(row[0])
