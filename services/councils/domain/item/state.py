"""What is true of an item: not there, or there at one stage, on at most one agenda."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from services.councils.domain.item.events import (
    ItemAnswered,
    ItemEvent,
    ItemJoined,
    ItemPlaced,
    ItemPostponed,
    ItemProposed,
    ItemProposedAgain,
    ItemReturned,
    ItemScreened,
    ItemSeparated,
    ItemStruck,
    NewsOfReferral,
)
from shared.kernel.ids import ForumId, UnitId
from shared.kernel.recorded import Recorded


class Stage(StrEnum):
    """Where an item is."""

    PROPOSED = "proposed"
    WAITING = "waiting"
    PLACED = "placed"
    JOINED = "joined"
    RETURNED = "returned"
    ANSWERED = "answered"
    STRUCK = "struck"


LEADS_TO: Mapping[type[object], Stage] = {
    ItemProposed: Stage.PROPOSED,
    ItemProposedAgain: Stage.PROPOSED,
    ItemScreened: Stage.WAITING,
    ItemPlaced: Stage.PLACED,
    ItemPostponed: Stage.WAITING,
    ItemJoined: Stage.JOINED,
    ItemSeparated: Stage.WAITING,
    ItemReturned: Stage.RETURNED,
    ItemAnswered: Stage.ANSWERED,
    ItemStruck: Stage.STRUCK,
}
"""Where each fact moves an item; the one that is not here leaves it where it is."""

OPEN = frozenset({Stage.PROPOSED, Stage.WAITING, Stage.PLACED, Stage.JOINED})
"""The stages of an item that the committee still has before it."""


@dataclass(frozen=True, slots=True)
class NotProposed:
    """There is no such item."""


@dataclass(frozen=True, slots=True)
class OnDocket:
    """An item that exists. ``seen`` counts its facts, all of which the intake unit may see.

    ``heard`` is the version in the referral's stream of the last news that brought about a fact;
    ``meeting`` is the one agenda it is on, ``leading`` the item it is part of.
    """

    forum: ForumId
    referral: UUID
    intake: UnitId
    stage: Stage
    seen: int
    heard: int
    meeting: UUID | None = None
    leading: UUID | None = None


Item: TypeAlias = NotProposed | OnDocket


def evolve(item: Item, fact: Recorded[ItemEvent]) -> Item:
    """Move *item* on by one fact. It has happened: nothing is checked, no rule is asked."""
    if isinstance(item, NotProposed):
        return _begun(fact)
    changed: dict[str, Any] = {"seen": item.seen + 1}
    if isinstance(fact.event, NewsOfReferral):
        changed["heard"] = fact.event.heard
    if (stage := LEADS_TO.get(type(fact.event))) is not None:
        changed |= {"stage": stage, **_where(fact.event)}
    return replace(item, **changed)


def _where(event: ItemEvent) -> dict[str, Any]:
    """Give the agenda and the leading item that an item has after *event*, at most one of them."""
    where: dict[str, Any] = {"meeting": None, "leading": None}
    match event:
        case ItemPlaced(meeting=meeting):
            where["meeting"] = meeting
        case ItemJoined(leading=leading):
            where["leading"] = leading
        case _:
            pass
    return where


def _begun(fact: Recorded[ItemEvent]) -> OnDocket:
    event = fact.event
    if not isinstance(event, ItemProposed):
        raise TypeError(f"an item begins by being proposed, not with {event.type}")
    return OnDocket(
        *(event.forum, event.referral, event.intake), Stage.PROPOSED, seen=1, heard=event.heard
    )
