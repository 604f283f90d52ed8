"""What a policy asks for, and what it is told of the items it asks about."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from services.councils.domain.item.commands import ItemCommand
from shared.kernel.ids import UnitId, derived


class Listed(NamedTuple):
    """An item that stands on some docket, and the unit that keeps it."""

    item: UUID
    intake: UnitId


@dataclass(frozen=True, slots=True)
class Request:
    """A command about one item, for the reason ``step`` that the fact ``cause`` gave."""

    cause: UUID
    step: str
    item: UUID
    command: ItemCommand

    @property
    def command_id(self) -> UUID:
        """The id of the command: the same whenever the same news is heard."""
        return derived(self.cause, self.step, str(self.item))
