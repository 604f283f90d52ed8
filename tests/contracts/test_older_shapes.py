"""A fact that was stored in an older shape is read as the shape of today, and stays as it is."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from uuid import UUID

import pytest
from pydantic import Field, JsonValue, TypeAdapter
from sqlalchemy import select

from shared.eventstore.codec import Codec, Upcast
from shared.eventstore.handling import Handler
from shared.eventstore.port import NO_STREAM, NewEvent, Stored
from shared.eventstore.sealing import Unsealed
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.asking import Acting, Asked
from shared.kernel.clock import StandingClock
from shared.kernel.commands import Command
from shared.kernel.decider import Decider
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId, UnitId, derived
from shared.kernel.personal import Hidden, Personal, Sealed
from shared.kernel.recorded import Recorded
from shared.projections.per_party import PerParty
from shared.projections.projection import NUMBER
from shared.projections.rebuild import Rebuild, Unreadable
from shared.projections.views import Views
from shared.vault.routing import RoutingKey
from tests.contracts.samples import METADATA

CLOCK = StandingClock(datetime(2026, 11, 2, tzinfo=UTC))
SOURCE, OLD, NEW = "parcels", f"parcel-{UUID(int=1)}", f"parcel-{UUID(int=2)}"
ROUTING = RoutingKey(bytes(32))
Fields = dict[str, JsonValue]


class Kind(StrEnum):
    """What may be in a parcel."""

    LETTER = "letter"
    BOOK = "book"


class ParcelSent(Event):
    """A parcel is on its way."""

    type: Literal["parcel.sent.v2"] = "parcel.sent.v2"
    to: Hidden[tuple[str, ...]]
    day: date
    kinds: tuple[Kind, ...]
    note: Personal[str]


class ParcelOpened(Event):
    """Somebody has opened it."""

    type: Literal["parcel.opened.v1"] = "parcel.opened.v1"
    kinds: int


ParcelEvent = Annotated[ParcelSent | ParcelOpened, Field(discriminator="type")]
EVENTS: TypeAdapter[ParcelSent | ParcelOpened] = TypeAdapter(ParcelEvent)


def kinds_apart(fields: Fields) -> Fields:
    """Give the fields of v1: the kinds stood in one text."""
    return {**fields, "kinds": [*str(fields["kinds"]).split(",")]}


def day_by_its_name(fields: Fields) -> Fields:
    """Give the fields of v2: the day was called *sent*."""
    return {("day" if name == "sent" else name): value for name, value in fields.items()}


STEPS = {
    "parcel.sent.v0": Upcast("parcel.sent.v1", kinds_apart),
    "parcel.sent.v1": Upcast("parcel.sent.v2", day_by_its_name),
}
CODEC = Codec(EVENTS, ROUTING, STEPS)
TODAY = ParcelSent(
    to=Hidden(("odder", "samsø")),
    day=date(2021, 3, 5),
    kinds=(Kind.LETTER, Kind.BOOK),
    note=Personal(Sealed("made-up token")),
)
# The bytes of another day: no code of today would space them, escape them or order them so.
BODIES: Mapping[str, str] = {
    "parcel.sent.v0": '{"note" : {"sealed":"made-up token"}, "kinds":"letter,book",'
    ' "sent":"2021-03-05", "to": ["odder", "sams\\u00f8"], "type":"parcel.sent.v0"}',
    "parcel.sent.v1": '{"kinds": ["letter","book"],  "sent":"2021-03-05",'
    ' "to": ["odder", "samsø"], "note":{"sealed":"made-up token"}, "type":"parcel.sent.v1"}',
    "parcel.sent.v2": '{"type":"parcel.sent.v2", "to": ["odder", "samsø"], "day":"2021-03-05",'
    ' "kinds": ["letter","book"], "note":{"sealed":"made-up token"}}',
}
EACH = pytest.mark.parametrize("shape", BODIES)


class OpenParcel(Command):
    """A unit opens what was sent to it."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a place sees of a parcel."""

    kinds: int
    day: date
    note: Personal[str]
    opened: bool


def project(lines: Mapping[str, Line], fact: Recorded[ParcelEvent]) -> Mapping[str, Line]:
    """Show a parcel to the places that it was sent to."""
    match fact.event:
        case ParcelSent(to=to, day=day, kinds=kinds, note=note):
            return {place: Line(len(kinds), day, note, opened=False) for place in to.value}
        case _:
            return {place: replace(line, opened=True) for place, line in lines.items()}


VIEW = PerParty("parcels", Line, project, {"kinds": NUMBER}, indexes=(("kinds",),))
AS_TODAY = Line(2, date(2021, 3, 5), Personal(Sealed("made-up token")), opened=False)


def count(so_far: int, fact: Recorded[ParcelEvent]) -> int:
    """Give how many kinds were sent: all that deciding needs."""
    return so_far + len(fact.event.kinds) if isinstance(fact.event, ParcelSent) else so_far


class Rules(NamedTuple):
    """No rules at all."""

    manifest_hash: str = "1" * 64


def parcels(store: SqliteStore) -> Handler[OpenParcel, int, ParcelEvent, Rules]:
    """Give what requests about parcels go through."""
    return Handler(
        Decider(0, lambda _command, kinds, _rules: (ParcelOpened(kinds=kinds),), count),
        store,
        CODEC,
        CLOCK,
        lambda _command, _kinds: Rules(),
        lambda _acting, _asked, _command, _kinds: None,
        Unsealed(CODEC),
    )


async def plant(store: SqliteStore, shape: str, stream: str = OLD, body: str = "") -> Stored:
    """Lay a fact into the store as it was stored in its day."""
    data = (body or BODIES[shape]).encode()
    there = len(await store.read_stream(stream)) - 1
    new = NewEvent(derived(UUID(int=3), f"{stream} {there}"), shape, METADATA, data)
    (stored,) = await store.append(stream, there, [new])
    assert (stored.type, stored.data) == (shape, data)
    return stored


async def rows(views: Views) -> dict[tuple[str, str], tuple[int, Line]]:
    """Give what each place sees of each parcel, with the column beside it."""
    async with views.reading() as (connection, generation):
        table = VIEW.table(generation)
        found = await connection.execute(
            select(table.c.stream, table.c.party, table.c.kinds, table.c.line)
        )
        return {(stream, who): (kinds, VIEW.read(line)) for stream, who, kinds, line in found}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """Give an empty store in a file."""
    opened = SqliteStore.open(tmp_path / "events.db", CLOCK)
    yield opened
    await opened.close()


@asynccontextmanager
async def reading(folder: Path, codec: Codec[ParcelEvent]) -> AsyncIterator[Views]:
    """Give the read models in *folder*, made of what *codec* reads."""
    url = f"sqlite+aiosqlite:///{folder / 'views.db'}"
    views = await Views.open(url, [VIEW], codec.decode, CLOCK)
    try:
        yield views
    finally:
        await views.close()


@EACH
async def test_an_older_shape_is_read_as_that_of_today(store: SqliteStore, shape: str) -> None:
    """Step by step up to the last one: nothing that reads a fact knows in which shape it lies."""
    fact = CODEC.decode(await plant(store, shape))
    assert fact.event == TODAY
    assert (fact.stream, fact.version, fact.position) == (OLD, 0, 1)


async def test_what_is_hidden_in_an_older_shape_is_shown(store: SqliteStore) -> None:
    """A seal is bound to event and field: one that keeps its name opens in every later shape."""
    token = ROUTING.hide(derived(UUID(int=3), f"{OLD} {NO_STREAM}"), "to", ["odder", "samsø"])
    body = BODIES["parcel.sent.v1"].replace('["odder", "samsø"]', f'{{"hidden":"{token}"}}')
    assert token in body
    assert CODEC.decode(await plant(store, "parcel.sent.v1", body=body)).event == TODAY


@EACH
async def test_a_request_is_decided_on_an_older_shape(store: SqliteStore, shape: str) -> None:
    """The handler sees the shape of today, puts the next fact behind, and the old bytes stay."""
    planted, here = await plant(store, shape), parcels(store)
    assert [fact.event for fact in await here.facts(OLD)] == [TODAY]
    unit = UnitId("odder")
    acting = Acting(ActorId("2" * 64), AuthorityId("made-up-authority"), "gdpr", unit)
    asked = Asked(UUID(int=9), "3" * 64, "", "", "")
    handled = await here.handle(OLD, OpenParcel(unit=unit, at=CLOCK.now()), acting, asked)
    assert [fact.event for fact in handled.facts] == [ParcelOpened(kinds=2)]
    old, new = await store.read_stream(OLD)
    assert (old, new.version, new.type) == (planted, 1, "parcel.opened.v1")


@EACH
async def test_read_models_are_made_from_older_shapes(
    store: SqliteStore, tmp_path: Path, shape: str
) -> None:
    """Followed live and made anew they are those that facts of today's shape would make."""
    planted = await plant(store, shape)
    seen = {(OLD, place): (2, AS_TODAY) for place in ("odder", "samsø")}
    async with reading(tmp_path, CODEC) as views:
        await views.apply(SOURCE, await store.read_all())
        assert await rows(views) == seen
        assert await Rebuild(views, {SOURCE: store}, compare=True).run() == 2
        assert await rows(views) == seen
    assert await store.read_all() == (planted,)


POISON = {
    "ends nowhere": ({"parcel.sent.v0": STEPS["parcel.sent.v0"]}, "ValidationError"),
    "goes in a circle": (
        {**STEPS, "parcel.sent.v1": Upcast("parcel.sent.v0", kinds_apart)},
        "ValidationError",
    ),
    "meets other fields": (
        {**STEPS, "parcel.sent.v0": Upcast("parcel.sent.v1", lambda f: {"kinds": f["sorts"]})},
        "KeyError",
    ),
    "was never known": ({}, "ValidationError"),
}


@pytest.mark.parametrize(("steps", "reason"), POISON.values(), ids=POISON)
async def test_a_shape_that_leads_nowhere_parks(
    store: SqliteStore, tmp_path: Path, steps: Mapping[str, Upcast], reason: str
) -> None:
    """Its stream waits, all others go on, a rebuild stops there; mended code takes it up again."""
    bad = await plant(store, "parcel.sent.v0")
    await plant(store, "parcel.sent.v2", NEW)
    async with reading(tmp_path, Codec(EVENTS, ROUTING, steps)) as views:
        await views.apply(SOURCE, await store.read_all())
        (parked,) = await views.parked_list()
        assert (parked.stream, parked.event, parked.reason) == (OLD, bad.id, reason)
        assert {stream for stream, _ in await rows(views)} == {NEW}
        with pytest.raises(Unreadable) as unreadable:
            await Rebuild(views, {SOURCE: store}).run()
        assert (unreadable.value.upto, unreadable.value.reason) == (bad.position, reason)
    async with reading(tmp_path, CODEC) as mended:
        assert await mended.retry(OLD, {SOURCE: store}) == []
        assert {stream for stream, _ in await rows(mended)} == {OLD, NEW}
    assert (await store.read_all())[0] == bad
