"""Whenever the item that others are part of leaves the docket, these wait on their own again."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.councils.domain.item.commands import SeparateItem
from services.councils.policies.request import Request
from shared.kernel.ids import UnitId


class Adrift(NamedTuple):
    """An item that is part of one which has left, and the fact that had joined them."""

    item: UUID
    intake: UnitId
    joined_by: UUID


def react(adrift: Iterable[Adrift], at: datetime) -> Iterator[Request]:
    """Ask that each part waits on its own; its joining is the cause, so it is undone once."""
    for item, intake, joined_by in adrift:
        yield Request(joined_by, "separate", item, SeparateItem(unit=intake, at=at))
