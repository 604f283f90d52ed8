"""A fact together with who, when and where it stands in the log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId

E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Recorded(Generic[E_co]):
    """One event of a stream as it was stored. ``at`` is UTC and never goes back within a store."""

    event: E_co
    id: UUID
    stream: str
    version: int
    position: int
    at: datetime
    authority: AuthorityId
    actor: ActorId
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def command_id(self) -> UUID:
        """The request that brought this fact about."""
        return UUID(self.metadata["command_id"])
