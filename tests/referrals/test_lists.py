"""The lists a unit works from: what lies in its inbox, what it has sent, what it owes an answer."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.events import Urgency
from services.referrals.domain.referral.state import Stage
from services.referrals.projections.changes import News, news
from services.referrals.projections.lists import Asked, List, Row, listed
from services.referrals.projections.one import undelivered
from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import feed
from shared.contracts.foreign import foreign
from shared.eventstore.port import Stored
from shared.kernel.clock import StandingClock
from shared.kernel.ids import UnitId
from shared.kernel.recorded import Recorded
from shared.projections.views import Views
from tests.referrals import asking, log
from tests.referrals import people as who
from tests.referrals.desk import Desk
from tests.referrals.ways import INFOHUS, PSP, UKN, Way

RECEIVED: tuple[ReferralCommand, ...] = (
    asking.send(PSP),
    asking.deliver(PSP),
    asking.receive(PSP),
)
DELIVERED = RECEIVED[:2]


class Office(NamedTuple):
    """A desk, and the read models that follow what happens there."""

    desk: Desk
    views: Views

    async def follow(self, at_once: int = 500) -> None:
        """Let the read models catch up, so many facts at once."""
        while facts := await self.desk.store.read_all(
            await self.views.position("referrals"), at_once
        ):
            await self.views.apply("referrals", facts)

    async def page(
        self, unit: UnitId, which: List, after: Sequence[str | int | None] = (), size: int = 50
    ) -> Sequence[Row]:
        """Give a page of a unit's list."""
        async with self.views.reading() as (connection, generation):
            return await listed(connection, generation, which, Asked(unit, tuple(after), size))

    async def cases(self, unit: UnitId, which: List) -> list[UUID]:
        """Give what is on a unit's list, in its order, as the read models have it now."""
        await self.follow()
        return [UUID(row.referral) for row in await self.page(unit, which)]

    async def news(self, unit: UnitId, after: int = 0, limit: int = 100) -> Sequence[News]:
        """Give what is new for a unit."""
        await self.follow()
        async with self.views.reading() as (connection, generation):
            return await news(connection, generation, unit, after, limit)

    async def lines(self, case: UUID) -> dict[str, PartyView]:
        """Give what each party sees of a referral."""
        await self.follow()
        async with self.views.reading() as (connection, generation):
            return dict(await log.lines_of(connection, generation, case))


@pytest.fixture
async def office(tmp_path: Path, at_the_desk: Desk) -> AsyncIterator[Office]:
    """A desk with read models of its own in SQLite."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'views.db'}"
    clock = StandingClock(who.FRIDAY_1540)

    def decode(stored: Stored) -> Recorded[Any]:
        its_own = stored.type.startswith("referral.")
        return at_the_desk.codec.decode(stored) if its_own else foreign(stored)

    views = await Views.open(url, [feed], decode, clock)
    await views.apply("councils", [log.activation()])
    yield Office(at_the_desk, views)
    await views.close()


async def test_an_inbox_holds_what_has_arrived(office: Office) -> None:
    """What was sent is in the addressee's inbox once it was delivered, the newest first.

    It stays there when it is over, for a unit to find what it has answered.
    """
    first = await office.desk.begin(PSP, *RECEIVED)
    second = await office.desk.begin(PSP, *DELIVERED)
    on_its_way = await office.desk.begin(PSP, asking.send(PSP))
    await office.desk.begin(PSP)
    assert await office.cases(PSP.taker, List.INBOX) == [second, first]
    await office.desk.ask(on_its_way, asking.deliver(PSP))
    await office.desk.ask(first, asking.decline(PSP))
    assert await office.cases(PSP.taker, List.INBOX) == [on_its_way, second, first]


async def test_who_was_let_in_finds_it_in_its_inbox(office: Office) -> None:
    """A further party has the referral in its inbox from its joining on, and not before."""
    case = await office.desk.begin(PSP, *RECEIVED)
    assert await office.cases(PSP.further, List.INBOX) == []
    await office.desk.ask(case, asking.let_in(PSP))
    assert await office.cases(PSP.further, List.INBOX) == [case]
    assert await office.cases(PSP.further, List.DUE) == []


async def test_what_was_sent_is_listed_at_its_sender(office: Office) -> None:
    """A unit finds what it has sent, its drafts too, and nothing that others have sent."""
    draft = await office.desk.begin(PSP)
    sent = await office.desk.begin(PSP, *DELIVERED)
    to_the_board = await office.desk.begin(UKN, asking.send(UKN))
    assert await office.cases(PSP.sender, List.SENT) == [sent, draft]
    assert await office.cases(UKN.sender, List.SENT) == [to_the_board]
    assert await office.cases(PSP.taker, List.SENT) == []
    assert await office.cases(PSP.sender, List.INBOX) == []


async def test_the_due_list_begins_with_what_hurries(office: Office) -> None:
    """What is owed an answer is listed by the moment it is due, and leaves when it is given."""
    calm = await office.desk.begin(PSP, *DELIVERED)
    hurried = await office.desk.begin(PSP, asking.edit(PSP, urgency=Urgency.AKUT), *RECEIVED)
    returned = await office.desk.begin(PSP, *RECEIVED, asking.send_back(PSP))
    assert await office.cases(PSP.taker, List.DUE) == [hurried, calm]
    assert await office.cases(PSP.sender, List.DUE) == []
    await office.desk.ask(hurried, asking.accept(PSP))
    await office.desk.ask(returned, asking.send_again(PSP))
    await office.desk.ask(returned, asking.deliver(PSP))
    assert await office.cases(PSP.taker, List.DUE) == sorted([calm, returned])


async def test_a_mistake_leaves_every_list(office: Office) -> None:
    """What was entered in error is on no list, and can still be read by who has its id."""
    case = await office.desk.begin(PSP, *DELIVERED)
    await office.desk.ask(case, asking.enter_in_error(PSP))
    for unit, which in ((PSP.taker, List.INBOX), (PSP.sender, List.SENT), (PSP.taker, List.DUE)):
        assert await office.cases(unit, which) == []
    assert (await office.lines(case))[PSP.taker].stage is Stage.ENTERED_IN_ERROR


async def test_nobody_finds_what_is_not_theirs(office: Office) -> None:
    """A unit that is no party finds nothing on any list, next door in the same authority too."""
    case = await office.desk.begin(PSP, *RECEIVED)
    for stranger in (who.FAMILY_ODDER, who.PSP_RANDERS, who.PROBATION):
        assert [await office.cases(stranger, which) for which in List] == [[], [], []]
        assert await office.news(stranger) == []
    assert (await office.lines(case)).keys() == {PSP.sender, PSP.taker}


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("which", [List.INBOX, List.DUE, List.SENT])
async def test_pages_join_without_gap_or_overlap(office: Office, which: List, size: int) -> None:
    """Page after page a list comes out whole, each line once, in one order."""
    for number in range(7):
        urgency = list(Urgency)[number % 3]
        await office.desk.begin(PSP, asking.edit(PSP, urgency=urgency), *DELIVERED)
    unit = PSP.sender if which is List.SENT else PSP.taker
    whole = await office.cases(unit, which)
    assert len(whole) == 7
    found: list[UUID] = []
    after: Sequence[str | int | None] = ()
    while page := await office.page(unit, which, after, size):
        assert len(page) <= size
        found += [UUID(row.referral) for row in page]
        after = page[-1].key
    assert found == whole


async def test_a_page_holds_though_more_arrives(office: Office) -> None:
    """What arrives while somebody turns pages does not push lines from one page to the next."""
    old = [await office.desk.begin(PSP, *DELIVERED) for _ in range(4)]
    await office.follow()
    first = await office.page(PSP.taker, List.INBOX, size=2)
    await office.desk.begin(PSP, *DELIVERED)
    await office.follow()
    second = await office.page(PSP.taker, List.INBOX, first[-1].key, 2)
    assert [UUID(row.referral) for row in (*first, *second)] == old[::-1]


async def test_news_are_numbered_without_gaps(office: Office) -> None:
    """A unit's news are numbered 1, 2, 3 … over all its referrals; asking on gives the rest."""
    own = await office.desk.begin(PSP, *RECEIVED)
    await office.desk.begin(INFOHUS, asking.send(INFOHUS))
    await office.desk.ask(own, asking.claim(PSP))
    other = await office.desk.begin(PSP, *DELIVERED)
    told = await office.news(PSP.taker)
    assert [each.number for each in told] == [1, 2, 3, 4, 5, 6]
    kinds = ["sent", "delivered", "received", "claimed", "sent", "delivered"]
    assert [each.change.type.split(".")[1] for each in told] == kinds
    assert [UUID(each.change.referral) for each in told] == [own] * 4 + [other] * 2
    await office.desk.ask(other, asking.receive(PSP))
    assert [each.number for each in await office.news(PSP.taker, after=6)] == [7]
    assert [each.number for each in await office.news(PSP.taker, after=2, limit=2)] == [3, 4]
    assert len(await office.news(PSP.sender)) == 8


async def test_the_machine_finds_what_lies_undelivered(office: Office) -> None:
    """What was sent, or sent again, and is not in the inbox yet is found, oldest first."""
    first = await office.desk.begin(PSP, *RECEIVED, asking.send_back(PSP), asking.send_again(PSP))
    second = await office.desk.begin(INFOHUS, asking.send(INFOHUS))
    await office.desk.begin(UKN, asking.send(UKN))
    await office.desk.begin(PSP, *DELIVERED)
    await office.follow()
    async with office.views.reading() as (connection, generation):
        waiting = await undelivered(connection, generation)
    assert [(stream, unit) for stream, unit, _ in waiting] == [
        (f"referral-{first}", PSP.taker),
        (f"referral-{second}", INFOHUS.taker),
    ]
    assert all(line.authority == who.POLICE for _, _, line in waiting)


async def test_what_never_was_has_no_lines(office: Office) -> None:
    """An id that never was gives nothing, as one that is not yours does at the door."""
    assert await office.lines(UUID(int=7)) == {}


@pytest.mark.parametrize("at_once", [1, 3, 500])
@pytest.mark.parametrize("way", [PSP, INFOHUS], ids=lambda way: way.programme)
async def test_the_rows_are_the_pure_view(office: Office, way: Way, at_once: int) -> None:
    """However the facts are cut into batches, the rows hold what the projection says."""
    check = (asking.check(way),) if way is INFOHUS else ()
    case = await office.desk.begin(
        way,
        asking.edit(way),
        asking.send(way),
        asking.deliver(way),
        asking.receive(way),
        asking.claim(way),
        *check,
        asking.let_in(way),
        asking.write(way, way.further),
        asking.number(way, way.taker),
        asking.accept(way),
        asking.close(way, note="Aftalt."),
        asking.reopen(way),
    )
    await office.follow(at_once)
    pure: dict[str, PartyView] = {}
    for fact in await office.desk.facts(case):
        pure = dict(log.project(pure, fact))
    assert await office.lines(case) == pure
