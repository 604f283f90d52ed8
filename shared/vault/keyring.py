"""The key of every subject: made, opened, overwritten, wrapped anew."""

import sqlite3
from collections import OrderedDict
from secrets import token_bytes
from typing import Final
from uuid import uuid4

from shared.kernel.ids import SubjectId
from shared.vault.problems import WrongKeys
from shared.vault.provider import KEY_BYTES, KeyProvider
from shared.vault.sealing import SubjectKey

_REMEMBERED: Final = 4096
_SAMPLE: Final = b"a sample, to know the master key by"


class Keyring:
    """The keys in the vault's file. Those opened lately are remembered, so many at most.

    They are remembered by their random ids, so one whose making was undone is never another's.
    """

    def __init__(self, file: sqlite3.Connection, keys: KeyProvider) -> None:
        self._file, self._keys = file, keys
        self._open: OrderedDict[SubjectId, SubjectKey] = OrderedDict()

    def check(self) -> None:
        """Know the master key by the sample that the first one left. Raises ``WrongKeys``."""
        row = self._file.execute("SELECT wrapped FROM sample").fetchone()
        if row is None:
            wrapped = self._keys.wrap(bytes(KEY_BYTES), _SAMPLE)
            self._file.execute("INSERT INTO sample VALUES (1, ?)", (wrapped,))
        elif self._keys.unwrap(row[0], _SAMPLE) != bytes(KEY_BYTES):
            raise WrongKeys("the sample opens to something else")

    def make(self) -> tuple[int, SubjectId]:
        """Give the number and the random id of a new subject that has a key."""
        subject, secret = SubjectId(uuid4().hex), token_bytes(KEY_BYTES)
        wrapped = self._keys.wrap(secret, subject.encode())
        made = self._file.execute(
            "INSERT INTO keys (subject, wrapped) VALUES (?, ?)", (subject, wrapped)
        )
        self._remember(SubjectKey(subject, secret))
        return int(made.lastrowid or 0), subject

    def remembered(self, subject: SubjectId) -> SubjectKey | None:
        """Give the key of *subject* if it was opened lately; any thread may ask."""
        return self._open.get(subject)

    def opened(self, subject: SubjectId) -> SubjectKey | None:
        """Give the key of *subject*, or none where there never was one or it was destroyed."""
        if subject in self._open:
            self._open.move_to_end(subject)
            return self._open[subject]
        row = self._file.execute(
            "SELECT wrapped FROM keys WHERE subject = ?", (subject,)
        ).fetchone()
        if row is None or _is_gone(row[0]):
            return None
        return self._remember(SubjectKey(subject, self._keys.unwrap(row[0], subject.encode())))

    def number(self, subject: SubjectId) -> int | None:
        """Give the number that *subject* has, or had before it was destroyed."""
        row = self._file.execute("SELECT id FROM keys WHERE subject = ?", (subject,)).fetchone()
        return None if row is None else int(row[0])

    def overwrite(self, number: int) -> None:
        """Write zeros, as many, over the key with this number and forget it."""
        self.forget()
        (length,) = self._file.execute(
            "SELECT length(wrapped) FROM keys WHERE id = ?", (number,)
        ).fetchone()
        self._put(number, bytes(length))

    def rewrap(self, new: KeyProvider) -> None:
        """Lock the sample and every key under *new*; :meth:`adopt` it once that is on disk."""
        wrapped = new.wrap(bytes(KEY_BYTES), _SAMPLE)
        self._file.execute("UPDATE sample SET wrapped = ?", (wrapped,))
        for number, subject, old in self._file.execute(
            "SELECT id, subject, wrapped FROM keys"
        ).fetchall():
            if not _is_gone(old):
                context = subject.encode()
                self._put(number, new.wrap(self._keys.unwrap(old, context), context))

    def adopt(self, new: KeyProvider) -> None:
        """Use *new* from now on."""
        self._keys = new

    def forget(self) -> None:
        """Remember no opened key."""
        self._open.clear()

    def _remember(self, key: SubjectKey) -> SubjectKey:
        self._open[key.subject] = key
        if len(self._open) > _REMEMBERED:
            self._open.popitem(last=False)
        return key

    def _put(self, number: int, wrapped: bytes) -> None:
        self._file.execute("UPDATE keys SET wrapped = ? WHERE id = ?", (wrapped, number))


def _is_gone(wrapped: bytes) -> bool:
    return not any(wrapped)
