"""What the read models make of facts, on both engines."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncConnection

from services.councils.app import read
from services.councils.domain.item import events as fact
from services.councils.domain.item.state import Stage
from services.councils.domain.meeting.events import AgendaSent, MeetingConvened
from services.councils.domain.office.events import OfficeEnded, OfficeGranted
from services.councils.domain.streams import item_stream, meeting_stream, office_stream
from services.councils.projections import docket, kept_out, meetings, undone
from services.councils.projections.asked import (
    Page,
    agenda,
    meetings_of,
    on_docket,
    one_item,
    one_meeting,
)
from services.councils.projections.kept_out import EXCLUDED, READMITTED, Officer
from shared.access.directory import Directory, Held
from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import NewEvent
from shared.kernel.clock import StandingClock
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId
from shared.projections.rebuild import Rebuild
from shared.projections.views import Views
from shared.testing.postgres import Postgres, postgres
from tests.councils import saying as say

FIRST, SECOND, THIRD = (UUID(int=n) for n in (1, 2, 3))
DIRECTORY = Directory()
POLICE = AuthorityId("oestjyllands-politi")
HANNE = Officer(say.ODDER, POLICE, say.SOMEBODY)
OLE = Officer(say.RANDERS, POLICE, ActorId("0e" * 32))
CARL = Officer(say.ODDER, POLICE, ActorId("ca" * 32))


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of a process."""
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a new database, on each engine in turn."""
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("server")
        return await running.new_database()
    return f"sqlite+aiosqlite:///{tmp_path / 'views.db'}"


class Life:
    """A service's store, that of referrals, and its read models, up to date at each look."""

    def __init__(self, views: Views, clock: StandingClock) -> None:
        self.views, self.store, self.referrals = views, MemoryStore(clock), MemoryStore(clock)

    async def happens(self, stream: str, *events: Event) -> None:
        """Let *events* have happened in *stream*."""
        for event in events:
            data = event.model_dump_json().encode()
            await self._append(self.store, stream, event.type, data)

    async def keeps(self, kind: str, officer: Officer, referral: UUID) -> None:
        """Let a unit have kept one of its own out of a referral, or let them back in."""
        data = to_json({"type": kind, "by": officer.unit, "person": officer.actor})
        await self._append(self.referrals, f"referral-{referral}", kind, data)

    async def _append(self, store: MemoryStore, stream: str, kind: str, data: bytes) -> None:
        metadata = {"authority": POLICE, "actor": "9f", "regime": "led"}
        version = len(await store.read_stream(stream)) - 1
        await store.append(stream, version, [NewEvent(uuid4(), kind, metadata, data)])

    @property
    def sources(self) -> dict[str, MemoryStore]:
        """Where the rows come from."""
        return {"councils": self.store, "referrals": self.referrals}

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """Give the rows after everything that has happened."""
        for source, store in self.sources.items():
            at = await self.views.position(source)
            await self.views.apply(source, await store.read_all(at))
        async with self.views.reading() as (connection, generation):
            yield connection, generation


@pytest.fixture
async def life(url: str) -> AsyncIterator[Life]:
    """Give an empty service."""
    clock = StandingClock(say.NOW)
    projections = (docket.view, meetings.view, kept_out.view, DIRECTORY)
    views = await Views.open(url, projections, read, clock)
    yield Life(views, clock)
    await views.close()


async def proposed(life: Life, item: UUID, *further: Event) -> None:
    """Let an item have been proposed on Odder's docket, and what came after."""
    begun = fact.ItemProposed(forum=say.PSP_ODDER, referral=item, intake=say.ODDER, heard=1)
    await life.happens(item_stream(item), begun, *further)


def a_page(
    size: int = 50, after: tuple[str | int | None, ...] = (), *, by: Officer = HANNE
) -> Page:
    """Ask for a page of what an officer, of Odder's PSP unit by default, has of its committee."""
    return Page(by, say.PSP_ODDER, after, size)


async def test_the_docket_is_its_units_alone(life: Life) -> None:
    """The intake unit sees its items in the order of their proposal; nobody else sees any."""
    for item in (SECOND, FIRST, THIRD):
        await proposed(life, item)
    async with life.looking() as here:
        first = await on_docket(*here, a_page(2), left=False)
        rest = await on_docket(*here, a_page(2, first[-1].key), left=False)
        assert [row.item for row in (*first, *rest)] == [SECOND, FIRST, THIRD]
        assert await on_docket(*here, a_page(by=OLE), left=False) == []
        assert await one_item(*here, OLE, FIRST) is None
        assert await one_item(*here, HANNE, UUID(int=9)) is None


async def test_a_struck_item_leaves_with_its_reason(life: Life) -> None:
    """A struck item is off the docket, and on the list of what has left, with the reason."""
    await proposed(life, FIRST, say.SCREENED, say.PLACED, say.STRUCK)
    await proposed(life, SECOND, say.SCREENED, say.PLACED, say.POSTPONED)
    async with life.looking() as here:
        assert [row.item for row in await on_docket(*here, a_page(), left=False)] == [SECOND]
        (gone,) = await on_docket(*here, a_page(), left=True)
        assert (gone.item, gone.line.reason, gone.line.seen) == (FIRST, "withdrawn", 4)
        on_agenda = await agenda(*here, HANNE, say.MEETING)
        assert [(row.item, row.line.stage) for row in on_agenda] == [(FIRST, Stage.STRUCK)]
        line = await one_item(*here, HANNE, SECOND)
        assert line is not None
        assert (line.stage, line.meeting, line.reason) == (Stage.WAITING, None, "no_time")


async def test_a_meeting_and_its_agenda(life: Life) -> None:
    """A meeting is seen by the unit that convened it, with when its agenda went out."""
    await life.happens(meeting_stream(say.MEETING), say.CONVENED)
    later = say.CONVENED.model_copy(update={"starts_at": say.NEXT_WEEK.replace(year=2022)})
    await life.happens(meeting_stream(say.ANOTHER_MEETING), later, AgendaSent())
    async with life.looking() as here:
        first = await meetings_of(*here, a_page(1))
        second = await meetings_of(*here, a_page(1, first[-1].key))
        found = [row.meeting for row in (*first, *second)]
        assert found == [say.ANOTHER_MEETING, say.MEETING]
        line = await one_meeting(*here, say.ODDER, say.ANOTHER_MEETING)
        assert line is not None
        assert (line.agenda_sent_at is not None, line.seen) == (True, 2)
        assert await one_meeting(*here, say.RANDERS, say.MEETING) is None


async def test_convening_takes_only_what_waited_before(life: Life) -> None:
    """An item belongs to the first meeting convened while it waits; what comes later waits on."""
    await proposed(life, FIRST, say.SCREENED)
    await proposed(life, SECOND)
    await life.happens(meeting_stream(say.MEETING), say.CONVENED)
    elsewhere = MeetingConvened(forum=say.PSP_RANDERS, intake=say.RANDERS, starts_at=say.NEXT_WEEK)
    await life.happens(meeting_stream(THIRD), elsewhere)
    await life.happens(meeting_stream(say.ANOTHER_MEETING), say.CONVENED)
    await proposed(life, THIRD, say.SCREENED)
    await life.happens(item_stream(FIRST), fact.ItemStayed(heard=2))
    async with life.looking() as here:
        waiting = await undone.waited_for(*here)
        items = {meeting: [each.item for each in found] for meeting, found in waiting.items()}
        assert items == {meeting_stream(say.MEETING): [FIRST]}
    await life.happens(item_stream(FIRST), say.PLACED, say.POSTPONED)
    async with life.looking() as here:
        assert await undone.waited_for(*here) == {}


@pytest.mark.parametrize("leaves", [say.STRUCK, say.RETURNED, say.CLOSED, say.JOINED])
async def test_parts_of_what_has_left_are_found(life: Life, leaves: Event) -> None:
    """An item is adrift as soon as the one it is part of no longer stands by itself."""
    await proposed(life, say.LEADING)
    await proposed(life, FIRST, say.JOINED)
    async with life.looking() as here:
        assert await undone.adrift(*here) == []
    await life.happens(item_stream(say.LEADING), leaves)
    async with life.looking() as here:
        assert FIRST in [each.item for each in await undone.adrift(*here)]
    await life.happens(item_stream(FIRST), fact.ItemSeparated())
    async with life.looking() as here:
        assert FIRST not in [each.item for each in await undone.adrift(*here)]


async def test_the_items_of_a_referral_are_found_wherever_they_are(life: Life) -> None:
    """Policies find a referral's item at any stage, with the unit that keeps it."""
    await proposed(life, FIRST, say.RETURNED)
    async with life.looking() as here:
        (found,) = await undone.of_referral(*here, FIRST)
        assert (found.item, found.intake) == (FIRST, say.ODDER)
        assert await undone.of_referral(*here, SECOND) == []


async def test_offices_are_read_as_they_stand(life: Life) -> None:
    """The directory follows what is granted and ended, for each person apart."""
    who, where = say.SOMEBODY, say.ODDER
    granted = OfficeGranted(holder=who, place=where, office="tovholder")
    await life.happens(office_stream(who, where, "tovholder"), granted)
    as_leader = OfficeGranted(holder=who, place=where, office="leader")
    ended = OfficeEnded(holder=who, place=where, office="leader")
    await life.happens(office_stream(who, where, "leader"), as_leader, ended)
    async with life.looking() as here:
        assert await DIRECTORY.offices_of(*here, say.SOMEBODY) == (Held(say.ODDER, "tovholder"),)
        assert await DIRECTORY.offices_of(*here, ActorId("00" * 32)) == ()


async def test_who_is_kept_out_finds_full_pages_without_it(life: Life) -> None:
    """What does not exist for who asks leaves no gap: not on a docket, an agenda, or alone."""
    for item in (FIRST, SECOND, THIRD):
        await proposed(life, item, say.SCREENED, say.PLACED)
    await life.keeps(EXCLUDED, CARL, SECOND)
    page = a_page(2, by=CARL)
    async with life.looking() as here:
        for found in (
            await on_docket(*here, page, left=False),
            await agenda(*here, CARL, say.MEETING),
        ):
            assert [row.item for row in found] == [FIRST, THIRD]
        assert await one_item(*here, CARL, SECOND) is None
        assert len(await on_docket(*here, a_page(), left=False)) == 3
        assert await one_item(*here, HANNE, SECOND) is not None
    await life.happens(item_stream(SECOND), say.RETURNED)
    async with life.looking() as here:
        assert await on_docket(*here, page, left=True) == []
        assert len(await on_docket(*here, a_page(), left=True)) == 1


async def test_a_part_goes_with_what_it_is_part_of(life: Life) -> None:
    """A part names its leading item, so it is not there for who is kept out of that, while it is.

    Who is kept out of the part sees the leading item, which does not say what belongs to it.
    """
    await proposed(life, say.LEADING)
    await proposed(life, FIRST, say.JOINED)
    await life.keeps(EXCLUDED, CARL, say.LEADING)
    await life.keeps(EXCLUDED, HANNE, FIRST)
    for_carl, for_hanne = a_page(by=CARL), a_page()
    async with life.looking() as here:
        assert await on_docket(*here, for_carl, left=False) == []
        found = await on_docket(*here, for_hanne, left=False)
        assert [row.item for row in found] == [say.LEADING]
    await life.happens(item_stream(FIRST), fact.ItemSeparated())
    async with life.looking() as here:
        found = await on_docket(*here, for_carl, left=False)
        assert [row.item for row in found] == [FIRST]


async def test_who_is_kept_out_is_so_after_a_rebuild(life: Life) -> None:
    """Read models made anew keep out the same people, whichever source is heard first."""
    for item in (FIRST, SECOND):
        await life.keeps(EXCLUDED, CARL, item)
        await proposed(life, item)
    await life.keeps(READMITTED, CARL, SECOND)
    async with life.looking() as here:
        assert await one_item(*here, CARL, FIRST) is None
    for readers in (life.sources, dict(reversed(life.sources.items()))):
        await Rebuild(life.views, readers, compare=True).run()
        async with life.looking() as here:
            assert await one_item(*here, CARL, FIRST) is None
            assert await one_item(*here, CARL, SECOND) is not None
