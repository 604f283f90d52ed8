"""What the read models of referrals make of facts, and what the lists ask of them, on both engines.

Where 30 rows are asked for in pages, their order is worked out here from the facts alone.
"""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.app import reads
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.state import Stage
from services.referrals.projections.changes import news
from services.referrals.projections.lists import Asked, List, Row, listed
from services.referrals.projections.one import undelivered
from services.referrals.wiring import SERVICE, codec_of
from shared.eventstore.port import START, Stored
from shared.kernel.clock import StandingClock, written
from shared.kernel.ids import UnitId
from shared.kernel.recorded import Recorded
from shared.projections.rebuild import Rebuild
from shared.projections.views import Views
from shared.serving.keys import Keys
from shared.serving.settings import ServiceSettings
from shared.testing.postgres import Postgres, postgres
from tests.referrals import happened, log
from tests.referrals import people as who
from tests.referrals.ways import INFOHUS, PSP, UKN, WAYS

ROWS = 30
BEYOND_32_BITS = 2**40
"""A position of a store that counts bytes."""


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


@dataclass
class Life:
    """A service's facts and its read models, brought up to date at each look."""

    views: Views
    keys: Keys
    facts: list[Stored] = field(default_factory=list)
    histories: dict[UUID, list[Recorded[ReferralEvent]]] = field(default_factory=dict)

    def happens(self, referral: UUID, *events: ReferralEvent, position: int | None = None) -> None:
        """Let *events* have happened in *referral*, one after the other or all at one position."""
        before = self.histories.setdefault(referral, [])
        for event in events:
            fact = log.shut(log.recorded(event, len(before), referral))
            last = self.facts[-1].position if self.facts else START
            before.append(replace(fact, position=position or last + 1))
            self.facts.append(self._stored(before[-1]))

    def _stored(self, fact: Recorded[ReferralEvent]) -> Stored:
        told = {"recorded_at": written(fact.at), "authority": fact.authority, "actor": fact.actor}
        metadata, data = json.dumps(told).encode(), codec_of(self.keys).encode(fact.event)
        place = (fact.position, fact.stream, fact.version, fact.id, fact.event.type)
        return Stored(*place, metadata, data)

    async def read_all(self, after: int = START, limit: int = 500) -> Sequence[Stored]:
        """Give at most *limit* facts after position *after*."""
        return [fact for fact in self.facts if fact.position > after][:limit]

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[tuple[AsyncConnection, int]]:
        """Give the rows after everything that has happened."""
        await self.views.apply(SERVICE, self.facts)
        assert await self.views.parked_list() == []
        async with self.views.reading() as (connection, generation):
            yield connection, generation

    async def pages(self, which: List, unit: UnitId, size: int) -> list[list[Row]]:
        """Give a list page by page, each asked for with the last key of the one before."""
        found, after = list[list[Row]](), tuple[str | int | None, ...]()
        async with self.looking() as here:
            while page := list(await listed(*here, which, Asked(unit, after, size))):
                assert page[-1].key != after, "the same page again"
                found.append(page)
                after = page[-1].key
        return found

    async def on(self, which: List, unit: UnitId) -> list[UUID]:
        """Give what is on a unit's list, in its order."""
        return [UUID(row.referral) for page in await self.pages(which, unit, 50) for row in page]


class Rules:
    """The one fact of councils: the shipped rulebook is in force."""

    async def read_all(self, after: int, limit: int) -> Sequence[Stored]:
        """Give it, unless it is known."""
        return [log.activation()][after:limit]


@pytest.fixture
async def life(url: str, tmp_path: Path) -> AsyncIterator[Life]:
    """Give a service in which nothing has happened yet."""
    keys = Keys.of(SERVICE, ServiceSettings(var=tmp_path))
    views = await Views.open(url, *reads(keys), StandingClock(who.FRIDAY_1540))
    await views.apply("councils", [log.activation()])
    yield Life(views, keys)
    await views.close()


def number(n: int) -> UUID:
    """Give the id of the *n*-th referral: later ones have greater ids."""
    return UUID(int=n)


def scattered(n: int) -> UUID:
    """Give ids whose order is another than that in which the referrals were made."""
    return number(1 + n * 11 % 37)


async def test_rows_hold_what_each_party_sees(life: Life) -> None:
    """What was seen comes back from the database as it went in; of nothing comes nothing."""
    for n, way in enumerate(WAYS):
        life.happens(number(n), *happened.until(way, Stage.CLOSED))
    told = (happened.let_in(PSP), happened.numbered(PSP), happened.claimed(PSP))
    life.happens(number(9), *happened.until(PSP, Stage.RECEIVED), *told)
    async with life.looking() as here:
        for referral, facts in life.histories.items():
            assert await log.lines_of(*here, referral) == dict(log.views(facts))
        assert await log.lines_of(*here, number(99)) == {}


async def test_a_row_that_came_in_many_steps_is_the_same(life: Life) -> None:
    """Each fact applied alone, and all made anew at once, give the same rows."""
    for event in (*happened.until(INFOHUS, Stage.RECEIVED), happened.let_in(INFOHUS)):
        life.happens(number(1), event)
        async with life.looking() as here:
            assert await log.lines_of(*here, number(1)) == dict(
                log.views(life.histories[number(1)])
            )
    assert await Rebuild(life.views, {"councils": Rules(), SERVICE: life}, compare=True).run() == 2


async def test_each_list_holds_its_own(life: Life) -> None:
    """An inbox holds what has come, the sent list what is one's own, the due list what is owed."""
    stages = list(Stage)
    for n, stage in enumerate(stages):
        life.happens(number(n), *happened.until(INFOHUS, stage))
    life.happens(number(50), *happened.until(INFOHUS, Stage.RECEIVED), happened.let_in(INFOHUS))
    life.happens(number(51), *happened.until(UKN, Stage.SENT))
    newest = [number(n) for n in reversed(range(len(stages)))]
    of = dict(zip(Stage, map(number, range(len(stages))), strict=True))
    on_its_way, wrong = of[Stage.SENT], of[Stage.ENTERED_IN_ERROR]
    sent = [number(50), *(each for each in newest if each != wrong)]
    assert await life.on(List.SENT, INFOHUS.sender) == sent
    unseen = {of[Stage.DRAFT], on_its_way}
    assert await life.on(List.INBOX, INFOHUS.taker) == [each for each in sent if each not in unseen]
    owed = [of[Stage.DELIVERED], of[Stage.RECEIVED], number(50)]
    assert await life.on(List.DUE, INFOHUS.taker) == owed
    assert await life.on(List.INBOX, INFOHUS.further) == [number(50)]
    assert await life.on(List.DUE, INFOHUS.further) == []
    for which in List:
        assert await life.on(which, PSP.taker) == []
        assert (await life.on(which, UKN.sender) == [number(51)]) is (which is List.SENT)


@pytest.mark.parametrize("size", [1, 7, ROWS])
@pytest.mark.parametrize("which", [List.INBOX, List.SENT])
async def test_pages_go_down_from_the_newest(life: Life, which: List, size: int) -> None:
    """Page by page everything comes once, newest first, wherever the ids would sort it."""
    made = [scattered(n) for n in range(ROWS)]
    for referral in made:
        life.happens(referral, *happened.until(PSP, Stage.DELIVERED))
    unit = PSP.taker if which is List.INBOX else PSP.sender
    pages = await life.pages(which, unit, size)
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    assert [UUID(row.referral) for page in pages for row in page] == made[::-1]


@pytest.mark.parametrize("size", [1, 7, ROWS])
async def test_pages_go_up_from_the_most_urgent(life: Life, size: int) -> None:
    """By the moment that is owed; several owed at one moment by their ids; nothing twice.

    What is owed no more has no moment, and is on no page between those that have.
    """
    order = list[tuple[int, UUID]]()
    for n in range(ROWS):
        days, referral = n * 7 % 5, scattered(n)
        due = happened.DUE_INFOHUS + timedelta(days=days)
        life.happens(referral, *happened.until(PSP, Stage.SENT), happened.delivered(PSP, due))
        life.happens(number(100 + n), *happened.until(PSP, Stage.ACCEPTED))
        order.append((days, referral))
    pages = await life.pages(List.DUE, PSP.taker, size)
    assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
    found = [UUID(row.referral) for page in pages for row in page]
    assert found == [referral for _, referral in sorted(order)]
    assert len(await life.on(List.INBOX, PSP.taker)) == 2 * ROWS


@pytest.mark.parametrize("size", [1, 7])
async def test_one_position_holds_many_in_pages(life: Life, size: int) -> None:
    """Where many have come at one position, however high, the id decides and none is left out."""
    made = [scattered(n) for n in range(ROWS)]
    for n, referral in enumerate(made):
        position = BEYOND_32_BITS + n // 10
        life.happens(referral, *happened.until(PSP, Stage.DELIVERED), position=position)
    groups = [made[n : n + 10] for n in (20, 10, 0)]
    expected = [each for group in groups for each in sorted(group, reverse=True)]
    for which, unit in ((List.INBOX, PSP.taker), (List.SENT, PSP.sender)):
        pages = await life.pages(which, unit, size)
        assert [UUID(row.referral) for page in pages for row in page] == expected


@pytest.mark.parametrize("which", [List.INBOX, List.DUE])
async def test_a_list_that_changes_under_the_reader(life: Life, which: List) -> None:
    """The next page goes on behind the last row seen, even when that row has left the list."""
    for n in range(9):
        life.happens(number(n), *happened.until(PSP, Stage.RECEIVED))
    async with life.looking() as here:
        first = list(await listed(*here, which, Asked(PSP.taker, (), 4)))
    life.happens(UUID(first[-1].referral), happened.entered_in_error(PSP))
    life.happens(number(50), *happened.until(PSP, Stage.ACCEPTED))
    async with life.looking() as here:
        rest = list(await listed(*here, which, Asked(PSP.taker, first[-1].key, 50)))
    found = [UUID(row.referral).int for row in (*first, *rest)]
    assert found == (list(range(9)) if which is List.DUE else list(range(9))[::-1])


async def test_a_row_on_a_list_is_what_its_unit_sees(life: Life) -> None:
    """The line on a list is the party's own view, tokens in it, and no other party's."""
    life.happens(number(1), *happened.until(PSP, Stage.RECEIVED), happened.claimed(PSP))
    seen = log.views(life.histories[number(1)])
    for which, unit in ((List.SENT, PSP.sender), (List.INBOX, PSP.taker), (List.DUE, PSP.taker)):
        ((row,),) = await life.pages(which, unit, 10)
        assert row.line == seen[unit]
        assert log.tokens_in(row.line)


async def test_what_lies_undelivered_is_found_oldest_first(life: Life) -> None:
    """The machine that delivers finds what was sent to a unit with an account, and nothing else."""
    for n, way in ((1, INFOHUS), (2, PSP), (3, UKN)):
        life.happens(number(n), happened.drafted(way))
    for n, way in ((3, UKN), (2, PSP), (1, INFOHUS)):
        life.happens(number(n), happened.sent(way))
    life.happens(number(20), *happened.until(PSP, Stage.DELIVERED))
    life.happens(number(21), *happened.until(PSP, Stage.WITHDRAWN))
    async with life.looking() as here:
        found = await undelivered(*here)
        assert [(stream, unit) for stream, unit, _ in found] == [
            (f"referral-{number(2)}", PSP.taker),
            (f"referral-{number(1)}", INFOHUS.taker),
        ]
        assert all(line.stage is Stage.SENT for _, _, line in found)
        assert await undelivered(*here, limit=1) == found[:1]
    life.happens(number(2), happened.delivered(PSP))
    async with life.looking() as here:
        assert await undelivered(*here) == found[1:]


async def test_news_are_numbered_for_each_unit(life: Life) -> None:
    """A unit's feed counts 1, 2, 3 …, holds what it may see, and goes on behind any number."""
    for n in range(3):
        life.happens(number(n), *happened.until(PSP, Stage.RECEIVED), happened.claimed(PSP))
        async with life.looking() as here:
            assert len(await news(*here, PSP.taker, 0, 50)) == 4 * (n + 1)
    async with life.looking() as here:
        of_sender = await news(*here, PSP.sender, 0, 50)
        kinds = [each.change.type.split(".")[1] for each in of_sender]
        assert kinds == ["drafted", "sent", "delivered", "received"] * 3
        assert [each.number for each in of_sender] == list(range(1, 13))
        assert {each.change.referral for each in of_sender[4:8]} == {str(number(1))}
        assert await news(*here, PSP.sender, 3, 4) == of_sender[3:7]
        assert list(await news(*here, PSP.sender, 12, 4)) == []
        assert list(await news(*here, PSP.further, 0, 50)) == []
