"""Finding readings, and telling them from the ledger's own bytes."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.audit.projections.reads_made import Found, Wanted
from services.audit.wiring import Wiring
from shared.access.caller import Caller
from shared.eventstore.codec import case_of
from shared.kernel.clock import written
from shared.reads.reading import Reading


class Narrowed(BaseModel):
    """Which readings are asked for: of an object, by whom (the code, never a name), where, when.

    ``from`` is included, ``to`` is not.
    """

    model_config = ConfigDict(frozen=True)

    object: str | None = Field(default=None, max_length=200)
    actor: str | None = Field(default=None, max_length=200)
    unit: str | None = Field(default=None, max_length=200)
    since: AwareDatetime | None = Field(default=None, alias="from")
    until: AwareDatetime | None = Field(default=None, alias="to")

    @property
    def objects(self) -> tuple[str, ...]:
        """The objects of which it was; none where it may be of any."""
        return () if self.object is None else (self.object,)


class OfCases(Narrowed):
    """The readings of each of these cases: one that was of several is told once for each."""

    cases: tuple[str, ...]

    @property
    def objects(self) -> tuple[str, ...]:
        """The cases."""
        return self.cases


class Told(NamedTuple):
    """One reading, opened, with the id of its record.

    ``about`` is the object that it was found by; empty where none was asked for.
    """

    record: UUID
    reading: Reading
    about: str = ""


class Leaf(NamedTuple):
    """A page of readings, and the cursor of the next where there is one."""

    told: Sequence[Told]
    next: str | None


class Turning(NamedTuple):
    """Where a page begins, and how long it is."""

    after: str | None
    size: int


async def told(here: Wiring, by: Caller, narrowed: Narrowed, turning: Turning, door: str) -> Leaf:
    """Give a page of the readings made for the caller's authority, newest first.

    Raises ``CursorNotValid``.
    """
    place = f"{door}?{narrowed.model_dump_json()}"
    cursors, after = here.ground.cursors, turning.after
    since = max(filter(None, (narrowed.since, oldest(here, by))), default=None)
    wanted = Wanted(
        authority=by.authority,
        size=turning.size,
        after=cursors.open(after, door=place, unit=by.unit) if after is not None else (),
        actor=narrowed.actor,
        unit=narrowed.unit,
        objects=narrowed.objects,
        since=written(since) if since else None,
        until=written(narrowed.until) if narrowed.until else None,
    )
    async with here.views.reading() as (connection, generation):
        found = await here.made.find(connection, generation, wanted)
    more = None
    if len(found) == turning.size:
        key = [getattr(found[-1], name) for name in wanted.order]
        more = cursors.seal(key, door=place, unit=by.unit)
    return Leaf(await _opened(here, found, narrowed.objects), more)


def oldest(here: Wiring, by: Caller) -> datetime | None:
    """Give from when on reads made for the caller's authority can be read, None where all can."""
    now = here.clock.now()
    return here.rulebooks.at(now).district.reads_since(by.regime, now)


async def _opened(here: Wiring, found: Sequence[Found], objects: Sequence[str]) -> Sequence[Told]:
    streams = list(dict.fromkeys(each.stream for each in found))
    facts = await asyncio.to_thread(here.ledger.pages.streams, streams)
    decode = here.made.key.codec.decode
    readings = {name: decode(facts[name]).event.reading.value for name in streams}
    about = {here.made.code(each): each for each in objects}
    return [Told(case_of(e.stream), readings[e.stream], about.get(e.object, "")) for e in found]
