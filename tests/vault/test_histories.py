"""Any history of enrolling, sealing, granting, sweeping and destroying, against an account."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.ids import AuthorityId, SubjectId
from shared.kernel.personal import ERASED
from shared.vault.provider import FileKeys
from shared.vault.vault import Vault
from shared.vault.wraps import Share
from tests.vault.filing import FAVRSKOV, POLICE, REGION, sealed

AUTHORITIES = (FAVRSKOV, POLICE, REGION)
CASES = 4
File: TypeAlias = tuple[int, AuthorityId, int | None]

who = st.sampled_from(AUTHORITIES)
case = st.integers(0, CASES - 1)
nth = st.integers(0, 5)
steps = st.one_of(
    st.tuples(st.just("seal"), case, who, st.booleans()),
    st.tuples(st.just("grant"), nth, case, who, who, st.booleans(), st.booleans()),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("destroy"), case, who, st.booleans()),
    st.tuples(st.just("reopen")),
)


@dataclass
class Account:
    """Who may read what: for each token, the files it lies in and the facts that brought it there.

    A cause that is not in ``came`` was refused. Cases 0 and 1 are one person.
    """

    tokens: list[str] = field(default_factory=list)
    lies_in: list[set[tuple[File, UUID]]] = field(default_factory=list)
    came: set[UUID] = field(default_factory=set)
    owner: list[File] = field(default_factory=list)
    files: dict[File, SubjectId] = field(default_factory=dict)
    joined: bool = True

    def file(self, case: int, authority: AuthorityId, *, apart: bool) -> File:
        """Give the file of the case's person at *authority*."""
        person = 0 if case == 1 and self.joined else case
        return person, authority, case if apart else None

    def reads(self, number: int, reader: AuthorityId) -> bool:
        """Say whether *reader* keeps a file that the token lies in."""
        return any(file[1] == reader for file, _ in self.lies_in[number])

    def destroyed(self, file: File) -> None:
        """Take *file* out of everything; with a person's last, its cases part."""
        del self.files[file]
        self.lies_in = [{lies for lies in each if lies[0] != file} for each in self.lies_in]
        if file[0] == 0 and not any(person == 0 for person, _, _ in self.files):
            self.joined = False


@dataclass
class Play:
    """Does each step in the vault and in the account."""

    folder: Path
    vault: Vault = field(init=False)
    account: Account = field(default_factory=Account)
    causes: int = 0
    about: dict[UUID, UUID] = field(default_factory=dict)

    async def run(self, history: list[tuple[object, ...]]) -> None:
        """Play *history* and compare after every step."""
        self.open()
        first = await self.vault.enrol(UUID(int=0), FAVRSKOV)
        await self.vault.enrol(UUID(int=1), FAVRSKOV, known_as=first)
        for number in range(2, CASES):
            await self.vault.enrol(UUID(int=number), FAVRSKOV)
        for number in range(CASES):
            await self.subject(number, FAVRSKOV, apart=False)
        for name, *given_ in history:
            await getattr(self, str(name))(*given_)
            await self.compare()
        await self.vault.close()

    def open(self) -> None:
        """Open the vault of this history."""
        self.vault = Vault.open(self.folder / "vault.db", FileKeys(self.folder / "master"))

    async def reopen(self) -> None:
        """Start again."""
        await self.vault.close()
        self.open()

    async def subject(self, case: int, authority: AuthorityId, *, apart: bool) -> SubjectId:
        """Ask for an id: the one that is known, or one that nobody has or had."""
        subject = await self.vault.subject(UUID(int=case), authority, apart=apart)
        file = self.account.file(case, authority, apart=apart)
        assert self.account.files.setdefault(file, subject) == subject
        assert len(set(self.account.files.values())) == len(self.account.files)
        return subject

    async def seal(self, case: int, authority: AuthorityId, apart: bool) -> None:  # noqa: FBT001 - drawn
        """Seal one more field."""
        subject = await self.subject(case, authority, apart=apart)
        number, event = len(self.account.tokens), self.cause(came=True)
        self.account.tokens.append(await sealed(self.vault, subject, number, event))
        self.account.lies_in.append({(self.account.file(case, authority, apart=apart), event)})

    async def grant(self, *drawn: object) -> None:
        """Share a field that was sealed, if there is one."""
        number, case, by, reader, apart, came = drawn
        if not self.account.tokens:
            return
        assert isinstance(number, int)
        assert isinstance(case, int)
        number %= len(self.account.tokens)
        share = Share(
            token=self.account.tokens[number],
            cause=self.cause(came=bool(came)),
            case=UUID(int=case),
            by=AuthorityId(str(by)),
            reader=AuthorityId(str(reader)),
            apart=bool(apart),
        )
        self.about[share.cause] = share.case
        may = self.account.reads(number, share.by)
        await self.vault.grant([share])
        await self.subject(case, share.reader, apart=share.apart)
        if may:
            file = self.account.file(case, share.reader, apart=share.apart)
            self.account.lies_in[number].add((file, share.cause))

    def cause(self, *, came: bool) -> UUID:
        """Give the id of a fact that *came*, or of one that was refused."""
        self.causes += 1
        cause = UUID(int=1000 + self.causes)
        if came:
            self.account.came.add(cause)
        return cause

    async def sweep(self) -> None:
        """Sweep until what was refused is gone."""

        async def came(case: UUID, cause: UUID) -> bool:
            assert self.about[cause] == case
            return cause in self.account.came

        async def begun(_: UUID) -> bool:
            return True

        for _ in range(2):
            await self.vault.sweep(came_in=came, began=begun)
        for lies in self.account.lies_in:
            lies -= {(file, cause) for file, cause in lies if cause not in self.account.came}

    async def destroy(self, case: int, authority: AuthorityId, apart: bool) -> None:  # noqa: FBT001 - drawn
        """Destroy a file, if there is one."""
        file = self.account.file(case, authority, apart=apart)
        if file in self.account.files:
            await self.vault.destroy(self.account.files[file])
            self.account.destroyed(file)

    async def compare(self) -> None:
        """Everyone reads exactly what the account says."""
        account = self.account
        numbers = range(len(account.tokens))
        for reader in AUTHORITIES:
            expected = [n if account.reads(n, reader) else ERASED for n in numbers]
            assert await self.vault.opened(account.tokens, reader) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25))
def test_everyone_reads_what_they_may_and_no_more(history: list[tuple[object, ...]]) -> None:
    """Whatever happened in whatever order, an authority reads what lies in its own files."""
    with TemporaryDirectory() as folder:
        asyncio.run(Play(Path(folder)).run(history))
