"""What is asked of the vault through its door, and how that and the answers are written as JSON.

Ids stand in the body and never in the address, which servers and proxies write down. A problem is
answered by its name alone: what it says may quote what was asked.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from shared.kernel.ids import AuthorityId, SubjectId
from shared.kernel.personal import ERASED, Erased
from shared.vault import problems
from shared.vault.holder import KeyHolder
from shared.vault.problems import VaultDown, VaultProblem
from shared.vault.sealing import ContentKey
from shared.vault.wraps import Share

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
"""What one request may hold: the tokens of the longest case, and some."""
PROBLEMS: Final[Mapping[str, type[VaultProblem]]] = {
    kind.__name__: kind
    for kind in (
        *(problems.UnknownCase, problems.UnknownSubject, problems.Tampered),
        *(problems.WrongKeys, problems.TooMuchAtOnce, problems.VaultDown),
    )
}
"""What the door may answer, by name; whatever else happened behind it is ``VaultDown``."""


class Told(BaseModel):
    """What stands in a request: exactly its fields, each of exactly its type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class Asked(Told):
    """One request. Its fields are what a method of the :class:`KeyHolder` takes."""

    async def of(self, vault: KeyHolder) -> JsonValue:
        """Ask *vault*, and give the answer as JSON."""
        raise NotImplementedError


class Enrol(Asked):
    """Bind a case to a person; the answer is the id of the subject."""

    case: UUID
    authority: AuthorityId
    known_as: SubjectId | None
    apart: bool

    async def of(self, vault: KeyHolder) -> JsonValue:
        """Give the id."""
        return await vault.enrol(
            self.case, self.authority, known_as=self.known_as, apart=self.apart
        )


class Subject(Asked):
    """Name the person of a case; the answer is the id of the subject."""

    case: UUID
    authority: AuthorityId
    apart: bool

    async def of(self, vault: KeyHolder) -> JsonValue:
        """Give the id."""
        return await vault.subject(self.case, self.authority, apart=self.apart)


class ContentKeyOf(Asked):
    """Seal something about a subject; the answer is the key in clear with its wrap."""

    event: UUID
    subject: SubjectId

    async def of(self, vault: KeyHolder) -> JsonValue:
        """Give the key, packed."""
        return (await vault.content_key(self.event, self.subject)).packed()


class Shared(Told):
    """One :class:`Share`."""

    token: str
    cause: UUID
    case: UUID
    by: AuthorityId
    reader: AuthorityId
    apart: bool

    @classmethod
    def read(cls, share: Share) -> "Shared":
        """Give *share* to be written."""
        return cls(
            token=share.token,
            cause=share.cause,
            case=share.case,
            by=share.by,
            reader=share.reader,
            apart=share.apart,
        )

    def share(self) -> Share:
        """Give what was written."""
        return Share(
            token=self.token,
            cause=self.cause,
            case=self.case,
            by=self.by,
            reader=self.reader,
            apart=self.apart,
        )


class Granted(Asked):
    """Let others read; the answer says nothing but that it is done."""

    shares: tuple[Shared, ...]

    async def of(self, vault: KeyHolder) -> JsonValue:
        """Write the wraps."""
        await vault.grant([each.share() for each in self.shares])
        return None


class Opened(Asked):
    """Open tokens; the answer has ``[value]`` for each that opens and ``[]`` for each that not."""

    tokens: tuple[str, ...]
    reader: AuthorityId

    async def of(self, vault: KeyHolder) -> JsonValue:
        """Give the values."""
        values = await vault.opened(self.tokens, self.reader)
        return [[] if isinstance(value, Erased) else [value] for value in values]


OPERATIONS: Final[Mapping[str, type[Asked]]] = {
    "/enrol": Enrol,
    "/subject": Subject,
    "/content-key": ContentKeyOf,
    "/grant": Granted,
    "/opened": Opened,
}
"""What can be asked, by its path."""
PATHS: Final[Mapping[type[Asked], str]] = {kind: path for path, kind in OPERATIONS.items()}


def read_text(answer: JsonValue) -> str:
    """Give an answer that is a text. Raises ``VaultDown`` where it is something else."""
    if not isinstance(answer, str):
        raise VaultDown("the door answered something else than it was asked for")
    return answer


def read_key(answer: JsonValue, event: UUID, subject: SubjectId) -> ContentKey:
    """Give the answer to :class:`ContentKeyOf`. Raises ``VaultDown``."""
    try:
        return ContentKey.unpacked(event, subject, read_text(answer))
    except ValueError as cause:
        raise VaultDown("the door answered something else than a key") from cause


def read_values(answer: JsonValue, count: int) -> list[JsonValue | Erased]:
    """Give the answer to :class:`Opened` for *count* tokens. Raises ``VaultDown``."""
    if not isinstance(answer, list) or len(answer) != count:
        raise VaultDown("the door answered another number of values than it was asked for")
    values: list[JsonValue | Erased] = []
    for each in answer:
        if not isinstance(each, list) or len(each) > 1:
            raise VaultDown("the door answered something else than a value")
        values.append(each[0] if each else ERASED)
    return values
