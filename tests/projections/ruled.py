"""The made-up domain under rules: a ruling names the parties that may read the words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.eventstore.port import Stored
from shared.kernel.events import Event
from shared.kernel.recorded import Recorded
from shared.projections.feed import Feed
from shared.projections.per_party import Change, PerParty
from shared.projections.projection import NUMBER, TEXT, Projection
from shared.projections.ruling import Ruled
from shared.projections.views import Views
from tests.projections import circles
from tests.projections.circles import Seen
from tests.projections.conftest import rows

RULES = "rules"
"""The source of rulings; its name comes after that of the circles, so that order is a choice."""
STREAM = "rule-made-up"
CARRIED_BY = frozenset({"rule.set.v1"})


class Ruling(Event):
    """Rules are in force; nobody can read those that say nothing."""

    type: Literal["rule.set.v1"] = "rule.set.v1"
    text: str


def ruling(*readers: str) -> Ruling:
    """Rules that let *readers* read."""
    return Ruling(text=json.dumps(sorted(readers)))


def project(
    lines: Mapping[str, Seen], fact: Recorded[Any], readers: frozenset[str]
) -> Mapping[str, Seen]:
    """Show circles to those who are in them, and their words to *readers*."""
    now = circles.project(lines, fact)
    return {
        party: line if party in readers else replace(line, word="") for party, line in now.items()
    }


def of(event: object) -> str | None:
    """Give the text of rules."""
    return event.text if isinstance(event, Ruling) else None


def ruled() -> Ruled[Seen, frozenset[str]]:
    """Circles under rules; before the first nobody reads a word."""
    return Ruled(
        project=project,
        carried_by=CARRIED_BY,
        of=of,
        read=lambda text: frozenset(json.loads(text)),
        none=frozenset(),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a party's feed says: a word, or that what was said is gone."""

    word: str
    gone: bool = False


def tell(change: Change[Seen]) -> Told:
    """Tell each word, and that a party sees no more."""
    return Told(change.after.word) if change.after else Told("", gone=True)


def bury(change: Change[Seen]) -> Told | None:
    """Let a party that leaves keep nothing of what was said."""
    return Told("", gone=True) if change.after is None else None


def read_models() -> list[Projection]:
    """The list of circles under rules, and a feed over a second one that can be buried."""
    columns: dict[str, Any] = {"word": TEXT, "count": NUMBER}
    told = PerParty("told", Seen, ruled(), columns)
    return [PerParty("circles", Seen, ruled(), columns), Feed("news", told, Told, tell, bury)]


def decode(stored: Stored) -> Recorded[Any] | None:
    """Read a fact of the circles or of their rules."""
    if stored.type in CARRIED_BY:
        return circles.recorded(stored, Ruling.model_validate_json(stored.data))
    return circles.decode(stored)


async def words(views: Views) -> dict[str, str]:
    """Give the word that each party reads of the only circle there is."""
    return {row.party: row.word for row in await rows(views, "circles")}
