"""A small made-up domain: circles that parties join and leave, with its log and read models."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import NAMESPACE_OID, uuid5

from pydantic import Field, TypeAdapter
from sqlalchemy.types import TypeEngine

from shared.eventstore.port import Stored
from shared.kernel.clock import StandingClock, read, written
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId
from shared.kernel.personal import Personal, Sealed
from shared.kernel.recorded import Recorded
from shared.projections.feed import Feed
from shared.projections.per_party import Change, PerParty
from shared.projections.projection import NUMBER, TEXT, Projection

SOURCE = "circles"
POISON = "poison"
NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)


class Drawn(Event):
    """A circle is drawn."""

    type: Literal["circle.drawn.v1"] = "circle.drawn.v1"
    parties: tuple[str, ...]
    about: Personal[str]


class Joined(Event):
    """A party joins."""

    type: Literal["circle.joined.v1"] = "circle.joined.v1"
    party: str


class Left(Event):
    """A party leaves."""

    type: Literal["circle.left.v1"] = "circle.left.v1"
    party: str


class Noted(Event):
    """All are told a word; some words cannot be projected."""

    type: Literal["circle.noted.v1"] = "circle.noted.v1"
    word: str


class Unreadable(Event):
    """A fact that this version of the code cannot decode."""

    type: Literal["circle.unreadable.v1"] = "circle.unreadable.v1"


class Foreign(Event):
    """A fact that no read model asks for."""

    type: Literal["square.drawn.v1"] = "square.drawn.v1"


CircleEvent = Annotated[Drawn | Joined | Left | Noted, Field(discriminator="type")]
_EVENTS: TypeAdapter[Drawn | Joined | Left | Noted] = TypeAdapter(CircleEvent)


def drawn(*parties: str) -> Drawn:
    """A circle of *parties*, about something sealed."""
    return Drawn(parties=parties, about=Personal(Sealed("token")))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a party sees of a circle: the sealed matter, the last word, how much was said."""

    about: Personal[str]
    word: str = ""
    count: int = 1


def project(lines: Mapping[str, Seen], fact: Recorded[Any]) -> Mapping[str, Seen]:
    """Show a circle to those who are in it."""
    match fact.event:
        case Drawn(parties=parties, about=about):
            return dict.fromkeys(parties, Seen(about=about))
        case Joined(party=party) if lines:
            return {**lines, party: next(iter(lines.values()))}
        case Left(party=party):
            return {name: line for name, line in lines.items() if name != party}
        case Noted(word=word):
            if word == POISON:
                raise ZeroDivisionError(word)
            return {
                party: replace(line, word=word, count=line.count + 1)
                for party, line in lines.items()
            }
        case _:
            return lines


def repaired(lines: Mapping[str, Seen], fact: Recorded[Any]) -> Mapping[str, Seen]:
    """Show what ``project`` shows, and take every word."""
    if isinstance(fact.event, Noted) and fact.event.word == POISON:
        fact = replace(fact, event=Noted(word="antidote"))
    return project(lines, fact)


def tell(change: Change[Seen]) -> Seen | None:
    """Tell of whatever a party can still see."""
    return change.after


def read_models(how: Any = project) -> list[Projection]:  # noqa: ANN401 - one of the two above
    """The list of circles, and a feed over a second list of them."""
    columns: dict[str, TypeEngine[Any]] = {"word": TEXT, "count": NUMBER}
    return [
        PerParty("circles", Seen, how, columns, indexes=[["party", "count"]]),
        Feed("news", PerParty("told", Seen, how, columns), Seen, tell),
    ]


def decode(stored: Stored) -> Recorded[Any] | None:
    """Read a fact of this domain."""
    if stored.type == "square.drawn.v1":
        return None
    return recorded(stored, _EVENTS.validate_json(stored.data))


def recorded(stored: Stored, event: Event) -> Recorded[Any]:
    """Give *event* with what is known of the fact that it was."""
    return Recorded(
        event=event,
        id=stored.id,
        stream=stored.stream,
        version=stored.version,
        position=stored.position,
        at=read(json.loads(stored.metadata)["recorded_at"]),
        authority=AuthorityId("made-up"),
        actor=ActorId("made-up"),
    )


@dataclass
class Log:
    """A store in memory, as far as read models need one. Its positions have gaps."""

    clock: StandingClock = field(default_factory=lambda: StandingClock(NOON))
    facts: list[Stored] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def record(self, stream: str, *events: Event) -> "Log":
        """Add *events* to *stream*."""
        for event in events:
            version = sum(fact.stream == stream for fact in self.facts)
            metadata = json.dumps({"recorded_at": written(self.clock.now())}).encode()
            self.facts.append(
                Stored(
                    position=3 * len(self.facts) + 2,
                    stream=stream,
                    version=version,
                    id=uuid5(NAMESPACE_OID, f"{stream}/{version}"),
                    type=event.type,
                    metadata=metadata,
                    data=event.model_dump_json().encode(),
                )
            )
        self._news.set()
        self._news = asyncio.Event()
        return self

    async def read_all(self, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
        """Give facts after a position that was given before: nobody may work one out."""
        assert after in {0, *(fact.position for fact in self.facts)}
        return tuple(fact for fact in self.facts if fact.position > after)[:limit]

    async def head(self) -> int:
        """Give the last position."""
        return self.facts[-1].position if self.facts else 0

    async def wait(self, after: int) -> None:
        """Return when there is a fact after a position."""
        while await self.head() <= after:
            await self._news.wait()
