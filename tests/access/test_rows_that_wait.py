"""On which referrals does something wait? The rows of a work list, in order, on both engines."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.referrals.app import reads
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.state import Stage
from services.referrals.domain.safeguards import events as kept
from services.referrals.projections.lists import Awaited, Row, waiting
from services.referrals.wiring import SERVICE
from shared.kernel.clock import StandingClock
from shared.kernel.ids import AuthorityId, BasisId
from shared.kernel.personal import Hidden, Personal
from shared.projections.views import Views
from shared.serving.keys import Keys
from shared.serving.settings import ServiceSettings
from shared.testing.postgres import Postgres, postgres
from tests.referrals import happened, log
from tests.referrals import people as who
from tests.referrals.test_reading_rows import Life, scattered
from tests.referrals.ways import PSP

UNIT = Hidden(PSP.taker)
MANY = 30
TODAY = datetime(2021, 3, 5, 22, 59, 59, tzinfo=UTC)
"""The last moment of the day of these tests, in Denmark."""


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of a process."""
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
async def life(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Life]:
    """Give a service in which nothing has happened yet, on each engine in turn."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'views.db'}"
    if request.param == "postgresql":
        running: Postgres = request.getfixturevalue("server")
        url = await running.new_database()
    keys = Keys.of(SERVICE, ServiceSettings(var=tmp_path))
    views = await Views.open(url, *reads(keys), StandingClock(who.FRIDAY_1540))
    await views.apply("councils", [log.activation()])
    yield Life(views, keys)
    await views.close()


def _glass() -> ReferralEvent:
    office, until = Hidden("leader"), Hidden(who.FRIDAY_1540 + timedelta(hours=3))
    reason = Personal("Ringer fra skadestuen.")
    return kept.GlassBroken(by=UNIT, office=office, reason=reason, until=until)


def _leaving() -> ReferralEvent:
    words = Personal("Det kan kun afværges nu.")
    return kept.LeavingAsked(
        by=UNIT,
        basis=Hidden(BasisId("afvaerge-forbrydelse")),
        receiver=words,
        what=words,
        reason=words,
        life_at_stake=Hidden(False),  # noqa: FBT003 - a field's value
    )


def _try() -> ReferralEvent:
    elsewhere = Hidden(AuthorityId("aarhus-kommune"))
    return kept.TryNoticed(by=UNIT, entry=UUID(int=7), kind=Hidden("show"), tried_by=elsewhere)


def _task(days: int) -> ReferralEvent:
    what, due = Personal("Ring til familien."), Hidden(TODAY + timedelta(days=days))
    return kept.TaskSet(by=UNIT, office=Hidden("leader"), what=what, due=due)


def _protected(lapses_on: date) -> ReferralEvent:
    since, lapses = Hidden(date(2020, 3, 5)), Hidden(lapses_on)
    return kept.AddressProtected(
        by=UNIT, kind=Hidden("name_and_address"), since=since, lapses_on=lapses
    )


async def _pages(life: Life, size: int, whole: AuthorityId | None = None) -> list[Row]:
    asked, found = Awaited(PSP.taker, whole, TODAY, size=size), list[Row]()
    async with life.looking() as here:
        while page := list(await waiting(*here, asked)):
            assert len(page) <= size
            found += page
            asked = Awaited(PSP.taker, whole, TODAY, page[-1].key, size)
    return found


def _ids(rows: Sequence[Row]) -> list[UUID]:
    return [UUID(row.referral) for row in rows]


@pytest.mark.parametrize("size", [1, 7, 500])
async def test_page_by_page_the_first_things_come_first(life: Life, size: int) -> None:
    """Glass, what leaves § 115, tries, and the rest by when it is due; each once, whatever its id.

    Who oversees the authority is told of glass and tries, at each of its units that takes part.
    """
    order = list[tuple[int, int, UUID]]()
    for n in range(MANY):
        referral, rank, days = scattered(n), n % 5, n * 7 % 11 - 5
        of = (_glass(), _leaving(), _try(), _task(days), _protected(TODAY.date()))[rank]
        later = (_task(days + 20),) if n % 2 else ()
        life.happens(referral, *happened.until(PSP, Stage.RECEIVED), of, *later)
        order.append((min(rank, 3), {3: days, 4: 0}.get(rank, 0), referral))
    assert _ids(await _pages(life, size)) == [referral for *_, referral in sorted(order)]
    told = [referral for rank, _, referral in sorted(order) if rank in {0, 2}]
    assert _ids(await _pages(life, size, who.POLICE)) == told
    assert _ids(await _pages(life, size, who.ODDER)) == []


async def test_only_what_lapses_by_today_waits(life: Life) -> None:
    """A protection waits from its last day on, and not where nobody works on the case any more."""
    today = TODAY.date()
    going = happened.until(PSP, Stage.RECEIVED)
    for n, day in enumerate((today + timedelta(days=1), today, today - timedelta(days=400))):
        life.happens(scattered(n), *going, _protected(day))
    life.happens(scattered(3), *happened.until(PSP, Stage.CLOSED), _protected(today))
    life.happens(scattered(4), *going, _protected(today), _ended())
    assert _ids(await _pages(life, 50)) == [scattered(2), scattered(1)]


def _ended() -> ReferralEvent:
    return kept.AddressProtectionEnded(by=UNIT, reason=Personal("Borgeren har bedt om det."))


async def test_what_is_done_waits_no_longer(life: Life) -> None:
    """Once glass is reviewed, a leaving judged, a try seen to and a task done, no row is left.

    Nor does it bring forward what comes to wait there later.
    """
    going = happened.until(PSP, Stage.RECEIVED)
    for n, begun in enumerate((_glass(), _leaving(), _try(), _task(1))):
        life.happens(scattered(n), *going, begun)
    assert len(await _pages(life, 50)) == 4
    glass, leaving, tried, task = (life.histories[scattered(n)][-1].id for n in range(4))
    judged = kept.GlassReviewed(by=UNIT, glass=glass, justified=Hidden(True))  # noqa: FBT003 - a field's value
    life.happens(scattered(0), judged)
    life.happens(scattered(1), kept.LeavingApproved(by=UNIT, leaving=leaving))
    life.happens(scattered(2), kept.TrySeenTo(by=UNIT, noticed=tried))
    life.happens(scattered(3), kept.TaskDone(by=UNIT, task=task))
    assert await _pages(life, 50) == []
    for n in range(4):
        life.happens(scattered(n), _task(10 - n))
    assert _ids(await _pages(life, 50)) == [scattered(n) for n in (3, 2, 1, 0)]
    assert await _pages(life, 50, who.POLICE) == []
