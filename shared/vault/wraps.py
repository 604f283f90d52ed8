"""Who else may read: rows that lock the content key of an event for a further authority.

There is one for each fact that let it in, and it reads as long as one of them is there. So what was
asked for by a fact that never came can go without taking away what another one brought.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import JsonValue

from shared.kernel.ids import AuthorityId, SubjectId
from shared.kernel.personal import ERASED, Erased
from shared.vault.keyring import Keyring
from shared.vault.persons import Persons
from shared.vault.sealing import Token, unsealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One authority lets another read what a token seals.

    ``by`` must itself be able to open it: nobody passes on what they cannot read. ``case`` says
    whose file at ``reader`` it goes into, ``apart`` that this file is of this case alone. ``cause``
    is the id of the fact that lets the reader in, stored among the facts of ``case`` after this;
    what the token seals may have been there for long.
    """

    token: str
    cause: UUID
    case: UUID
    by: AuthorityId
    reader: AuthorityId
    apart: bool = False


class Wraps:
    """The content keys that were locked for others than the one who sealed."""

    def __init__(self, file: sqlite3.Connection, keyring: Keyring, persons: Persons) -> None:
        self._file, self._keyring, self._persons = file, keyring, persons

    def grant(self, shares: Iterable[Share]) -> None:
        """Write a wrap for each share. Raises ``UnknownCase`` and ``Tampered``."""
        for share in shares:
            token = Token.read(share.token)
            number, subject = self._persons.subject(share.case, share.reader, apart=share.apart)
            owner, key = self._found(token, share.by)
            reader = self._keyring.opened(subject)
            if key is None or reader is None or owner == number:
                continue
            unsealed(token, key)
            self._file.execute(
                "INSERT OR REPLACE INTO wraps (event, owner, reader, cause, of_case, wrapped)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    *(token.event.bytes, owner, number, share.cause.bytes, share.case.bytes),
                    reader.wrap(token.event, key),
                ),
            )

    def opened(self, tokens: Sequence[str], reader: AuthorityId) -> list[JsonValue | Erased]:
        """Give the values that *reader* may read, in order. Raises ``Tampered``."""
        keys: dict[tuple[UUID, SubjectId, bytes], bytes | None] = {}
        return [self._opened(Token.read(text), reader, keys) for text in tokens]

    def _opened(
        self,
        token: Token,
        reader: AuthorityId,
        keys: dict[tuple[UUID, SubjectId, bytes], bytes | None],
    ) -> JsonValue | Erased:
        place = (token.event, token.subject, token.wrapped)
        if place not in keys:
            keys[place] = self._found(token, reader)[1]
        key = keys[place]
        return ERASED if key is None else unsealed(token, key)

    def _found(self, token: Token, reader: AuthorityId) -> tuple[int | None, bytes | None]:
        """Give the number of the one who sealed, and the content key as far as *reader* has it."""
        row = self._file.execute(
            "SELECT id, authority FROM keys LEFT JOIN files USING (id) WHERE subject = ?",
            (token.subject,),
        ).fetchone()
        if row is None:
            return None, None
        owner, authority = row
        if authority == reader and (own := self._keyring.opened(token.subject)):
            return owner, own.unwrap(token.event, token.wrapped)
        for wrapped, subject in self._of_reader(token.event, owner, reader):
            if other := self._keyring.opened(subject):
                return owner, other.unwrap(token.event, wrapped)
        return owner, None

    def _of_reader(
        self, event: UUID, owner: int, reader: AuthorityId
    ) -> list[tuple[bytes, SubjectId]]:
        return self._file.execute(
            "SELECT wraps.wrapped, subject FROM wraps JOIN files ON files.id = reader"
            " JOIN keys ON keys.id = reader WHERE event = ? AND owner = ? AND authority = ?",
            (event.bytes, owner, reader),
        ).fetchall()

    def drop(self, reader: int) -> None:
        """Remove what was locked for a file."""
        self._file.execute("DELETE FROM wraps WHERE reader = ?", (reader,))
