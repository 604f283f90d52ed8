"""What stands on the docket of a committee? One line for each item, for its intake alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.councils.domain.item.events import (
    ItemAnswered,
    ItemJoined,
    ItemPlaced,
    ItemPostponed,
    ItemProposed,
    ItemReturned,
    ItemStayed,
    ItemStruck,
)
from services.councils.domain.item.state import LEADS_TO, Stage
from shared.kernel.ids import ForumId
from shared.kernel.recorded import Recorded
from shared.projections.per_party import PerParty
from shared.projections.projection import NUMBER, TEXT


@dataclass(frozen=True, slots=True)
class DocketLine:
    """Everything there is to see of an item; ids as text.

    ``meeting`` stays when the item leaves an agenda for good, so that the agenda shows why.
    ``moved`` is the position, and ``moved_by`` the id, of the last fact that moved it; positions
    never leave.
    """

    forum: ForumId
    referral: str
    stage: Stage
    seen: int
    proposed: int
    proposed_at: datetime
    moved: int
    moved_by: str
    moved_at: datetime
    meeting: str | None = None
    leading: str | None = None
    reason: str | None = None
    late: bool = False


def project(lines: Mapping[str, DocketLine], fact: Recorded[Any]) -> Mapping[str, DocketLine]:
    """Follow an item; facts about anything else change nothing."""
    if isinstance(fact.event, ItemStayed):
        return {party: replace(line, seen=line.seen + 1) for party, line in lines.items()}
    stage = LEADS_TO.get(type(fact.event))
    if stage is None:
        return lines
    if isinstance(fact.event, ItemProposed):
        return {fact.event.intake: _begun(fact, fact.event)}
    moved: dict[str, Any] = {
        "moved": fact.position,
        "moved_by": str(fact.id),
        "moved_at": fact.at,
        "stage": stage,
    }
    return {
        party: replace(line, **moved, **_news(fact.event), seen=line.seen + 1)
        for party, line in lines.items()
    }


def _begun(fact: Recorded[Any], event: ItemProposed) -> DocketLine:
    return DocketLine(
        forum=event.forum,
        referral=str(event.referral),
        stage=Stage.PROPOSED,
        seen=1,
        proposed=fact.position,
        proposed_at=fact.at,
        moved=fact.position,
        moved_by=str(fact.id),
        moved_at=fact.at,
    )


def _news(event: object) -> dict[str, Any]:
    off: dict[str, Any] = {"meeting": None, "leading": None, "reason": None, "late": False}
    match event:
        case ItemPlaced(meeting=meeting, late=late):
            return {**off, "meeting": str(meeting), "late": late}
        case ItemJoined(leading=leading):
            return {**off, "leading": str(leading)}
        case ItemPostponed(reason=reason):
            return {**off, "reason": reason}
        case ItemAnswered(reason=why) | ItemReturned(reason=why) | ItemStruck(reason=why):
            return {"leading": None, "reason": str(why)}
        case _:
            return off


view = PerParty(
    name="docket",
    line=DocketLine,
    project=project,
    columns={
        "forum": TEXT,
        "referral": TEXT,
        "stage": TEXT,
        "meeting": TEXT,
        "leading": TEXT,
        "proposed": NUMBER,
        "moved": NUMBER,
    },
    indexes=(
        ("party", "forum", "proposed"),
        ("party", "meeting"),
        ("referral",),
        ("stage", "forum", "moved"),
    ),
)
