"""What the vault does for those who do not own it, whether it lies here or behind its door."""

from collections.abc import Iterable, Sequence
from typing import Protocol
from uuid import UUID

from pydantic import JsonValue

from shared.kernel.ids import AuthorityId, SubjectId
from shared.kernel.personal import Erased
from shared.vault.sealing import ContentKey
from shared.vault.wraps import Share


class KeyHolder(Protocol):
    """Holds keys and subject ids: a :class:`Vault` here, or a :class:`RemoteVault` far away.

    Asking any of it again does no harm. Every method may raise ``VaultDown``.
    """

    async def enrol(
        self,
        case: UUID,
        authority: AuthorityId,
        *,
        known_as: SubjectId | None = None,
        apart: bool = False,
    ) -> SubjectId:
        """Bind *case* to a person, once, and give that person's id in the files of *authority*.

        Raises ``UnknownSubject``.
        """
        ...

    async def subject(
        self, case: UUID, authority: AuthorityId, *, apart: bool = False
    ) -> SubjectId:
        """Give the id of the case's person in the files of *authority*. Raises ``UnknownCase``."""
        ...

    async def content_key(self, event: UUID, subject: SubjectId) -> ContentKey:
        """Give what seals the fields of *event* about *subject*. Raises ``UnknownSubject``."""
        ...

    async def grant(self, shares: Iterable[Share]) -> None:
        """Write the readers' wraps, all or none. Raises ``UnknownCase`` and ``Tampered``."""
        ...

    async def opened(self, tokens: Sequence[str], reader: AuthorityId) -> list[JsonValue | Erased]:
        """Give what *reader* may read, in the order of *tokens*. Raises ``Tampered``."""
        ...
