"""The vault as services meet it: who is who, what may be opened by whom, and what is destroyed."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from uuid import UUID

from pydantic import JsonValue

from shared.kernel.ids import AuthorityId, SubjectId
from shared.kernel.personal import Erased
from shared.vault.destroyed import DestroyedList, backed_up
from shared.vault.disk import Disk
from shared.vault.keyring import Keyring
from shared.vault.persons import Persons
from shared.vault.problems import UnknownSubject, VaultDown
from shared.vault.provider import KeyProvider
from shared.vault.revoking import Remaining, Revoker
from shared.vault.sealing import ContentKey
from shared.vault.sweeping import CASES, WRAPS, Began, CameIn, Sweeper
from shared.vault.turns import Turns
from shared.vault.wraps import Share, Wraps

__all__ = ["Share", "Vault"]


REMEMBERED = 4_096
"""Files whose names are remembered, as many as opened keys."""


class Vault:
    """Keys and subject ids of one service, in one file that one process owns.

    Every method may also raise ``VaultDown``. What a method wrote is on disk when it returns.
    """

    def __init__(self, path: Path, disk: Disk, keyring: Keyring, destroyed: DestroyedList) -> None:
        self._path, self._disk, self._keyring, self._destroyed = path, disk, keyring, destroyed
        self._persons = Persons(disk.file, keyring)
        self._wraps = Wraps(disk.file, keyring, self._persons)
        self._destroy_again()
        self._turns = Turns(disk.file)
        self._sweeper = Sweeper(disk.file, self._turns)
        self._revoker = Revoker(disk.file)
        self._subjects: dict[tuple[UUID, AuthorityId, bool], SubjectId] = {}
        self._takings = 0

    @classmethod
    def open(cls, path: Path, keys: KeyProvider) -> "Vault":
        """Open the vault at *path*, made when it is not there; destroy again what was destroyed.

        Blocks: call it before serving. Raises ``VaultInUse``, ``OtherShape``, ``WrongKeys``
        and ``NotYetGone``.
        """
        try:
            with ExitStack() as undo:
                disk = undo.enter_context(closing(Disk.open(path)))
                destroyed = undo.enter_context(closing(DestroyedList.open(path)))
                keyring = Keyring(disk.file, keys)
                keyring.check()
                vault = cls(path, disk, keyring, destroyed)
                undo.pop_all()
                return vault
        except sqlite3.Error as cause:
            raise VaultDown(
                f"{path}: nøglelageret kan ikke åbnes; hent det fra en sikkerhedskopi, hvis disken"
                f" er i orden (cannot be opened; restore a backup if the disk is well): {cause}"
            ) from cause

    async def enrol(
        self,
        case: UUID,
        authority: AuthorityId,
        *,
        known_as: SubjectId | None = None,
        apart: bool = False,
    ) -> SubjectId:
        """Bind *case* to a person, once, and give that person's id in the files of *authority*.

        A new person, or the one whom this authority already knows as *known_as*. A case that is
        bound stays so. Raises ``UnknownSubject``, alike for an id that never was and another's.
        """

        def work() -> SubjectId:
            self._persons.enrol(case, authority, known_as)
            return self._persons.subject(case, authority, apart=apart)[1]

        before = self._takings
        subject = await self._turns.take(work)
        self._remember((case, authority, apart), subject, before)
        return subject

    async def subject(
        self, case: UUID, authority: AuthorityId, *, apart: bool = False
    ) -> SubjectId:
        """Give the id of the case's person in the files of *authority*, made when first needed.

        With *apart* the id is for this case alone. After :meth:`destroy` the next file has a new
        id. Raises ``UnknownCase``.
        """
        if known := self._subjects.get((case, authority, apart)):
            return known
        before = self._takings
        subject = await self._turns.take(
            lambda: self._persons.subject(case, authority, apart=apart)[1]
        )
        self._remember((case, authority, apart), subject, before)
        return subject

    def _remember(
        self, file: tuple[UUID, AuthorityId, bool], subject: SubjectId, before: int
    ) -> None:
        """Remember what a file is called, unless one was taken away while it was asked."""
        if self._takings == before:
            self._subjects[file] = subject
            if len(self._subjects) > REMEMBERED:
                self._subjects.pop(next(iter(self._subjects)))

    def _forget(self) -> None:
        self._takings += 1
        self._subjects.clear()

    async def content_key(self, event: UUID, subject: SubjectId) -> ContentKey:
        """Give what seals the fields of *event* about *subject*. Raises ``UnknownSubject``."""
        key = self._keyring.remembered(subject)
        if key is None:
            key = await self._turns.take(lambda: self._keyring.opened(subject))
        if key is None:
            raise UnknownSubject
        return key.content_key(event)

    async def grant(self, shares: Iterable[Share]) -> None:
        """Write the readers' wraps, all or none; on disk when it returns, so append after it.

        A wrap that is there for the same cause is replaced. What the one who shares cannot open is
        left out: its reader reads ``Erased``. Raises ``UnknownCase`` and ``Tampered``.
        """
        listed = tuple(shares)
        await self._turns.take(lambda: self._wraps.grant(listed))

    async def opened(self, tokens: Sequence[str], reader: AuthorityId) -> list[JsonValue | Erased]:
        """Give what *reader* may read, in the order of *tokens*; ``Erased`` for all else.

        Raises ``Tampered`` for a token that was changed. A whole token put in another place opens:
        who knows the place compares it with :class:`Token`'s ``event`` and ``path``.
        """
        listed = tuple(tokens)
        return await self._turns.take(lambda: self._wraps.opened(listed, reader))

    async def is_new(self) -> bool:
        """Say whether nothing was ever kept here: no case, and nothing destroyed."""

        def work() -> bool:
            return not self._disk.file.execute("SELECT 1 FROM cases").fetchone()

        return await self._turns.take(work) and not self._destroyed.all()

    async def destroy(self, subject: SubjectId) -> None:
        """Destroy the key of *subject* for good, here and in every copy restored from now on.

        Asking again is safe. Raises ``UnknownSubject`` and ``NotYetGone``.
        """

        def work() -> None:
            if self._keyring.number(subject) is None:
                raise UnknownSubject
            # Listed first: a process that dies in between finishes when it next opens.
            self._destroyed.add(subject)
            self._erase([subject])

        self._forget()
        try:
            await self._turns.alone(work)
        finally:
            self._forget()

    async def sweep(self, *, came_in: CameIn, began: Began) -> int:
        """Remove wraps whose cause never came, and cases that never began; give their number.

        ``came_in`` is asked about the case and the cause of a wrap, not about what it opens. What
        is missing is only doubted at first and removed by the next sweep, as its append may
        still be under way: keep sweeps further apart than any command lasts.
        """
        self._forget()
        try:
            wraps = await self._sweeper.sweep(WRAPS, came_in)
            return wraps + await self._sweeper.sweep(CASES, began)
        finally:
            self._forget()

    async def revoke(self, cases: Iterable[Remaining], *, until: int) -> int:
        """Remove every wrap of *cases* that no grant covers any longer; give their number.

        That it is done for all facts up to position *until* is remembered with it. A wrap stays
        where the fact that brings it, or the one that it opens, is not among those of its case.
        """
        listed = tuple(cases)
        return await self._turns.take(lambda: self._revoker.revoke(listed, until))

    async def revoked_until(self) -> int:
        """Give the position last said to :meth:`revoke`; 0 where it never was, or was restored."""
        return await self._turns.take(self._revoker.until)

    async def rotate(self, new: KeyProvider) -> None:
        """Wrap every key under *new*, which opens the vault from now on; sealed bytes stay.

        Raises ``WrongKeys``; ``NotYetGone`` where it is done but old bytes are still in the log.
        """

        def work() -> None:
            self._disk.file.execute("BEGIN IMMEDIATE")
            self._keyring.rewrap(new)
            self._disk.file.execute("COMMIT")
            self._keyring.adopt(new)
            self._disk.leave_nothing()

        await self._turns.alone(work)

    async def backup(self, to: Path) -> None:
        """Copy the vault to *to* and the list of the destroyed beside it.

        Take it after the store it belongs to: a key too many does no harm, one too few does.
        """
        await self._turns.alone(lambda: backed_up(self._path, to))

    async def close(self) -> None:
        """Finish what was begun and let go of the files; what comes later is ``VaultDown``."""

        def last() -> None:
            self._destroyed.close()
            self._disk.close()

        self._forget()
        await self._turns.close(last)

    def _destroy_again(self) -> None:
        listed = self._destroyed.all()
        self._erase([each for each in listed if self._keyring.opened(each)])

    def _erase(self, subjects: Sequence[SubjectId]) -> None:
        self._disk.file.execute("BEGIN IMMEDIATE")
        for subject in subjects:
            if (number := self._keyring.number(subject)) is not None:
                self._keyring.overwrite(number)
                self._wraps.drop(number)
                self._persons.close_file(number)
        self._disk.file.execute("COMMIT")
        self._disk.leave_nothing()
