"""Of the processes that do a service's work one is active; the next stands by."""

import asyncio
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event, make_url
from structlog.testing import capture_logs

from shared.kernel.clock import StandingClock
from shared.projections.refused import DatabaseAway, NoDatabase
from shared.projections.views import Views
from shared.serving import sole as module
from shared.serving.sole import sole
from shared.testing.postgres import Postgres
from tests.projections.circles import NOON, decode, read_models
from tests.roles.links import link
from tests.roles.locks import DEADLINE, HOLDERS, LOOKED, STANDING_BY, pids, somebody, terminate


@pytest.fixture
def told() -> Iterator[asyncio.Event]:
    """Give what is set when this process is told to end, which it then does not."""
    event_of_end = asyncio.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: event_of_end.set())
    yield event_of_end
    signal.signal(signal.SIGTERM, before)


async def held(url: str, service: str, begun: asyncio.Event, over: asyncio.Event) -> None:
    """Be the only one until told to stop."""
    async with sole(url, service):
        begun.set()
        await over.wait()


async def test_the_next_begins_when_the_one_before_has_ended(database: Postgres) -> None:
    """Who comes second waits, and works as soon as the first is gone."""
    url = await database.new_database()
    begun, over = asyncio.Event(), asyncio.Event()
    async with sole(url, "referrals"):
        second = asyncio.create_task(held(url, "referrals", begun, over))
        await somebody(url, STANDING_BY)
        assert not begun.is_set()
    async with asyncio.timeout(DEADLINE):
        await begun.wait()
    over.set()
    await second
    assert await pids(url, HOLDERS) == []


async def test_services_do_not_wait_for_each_other(database: Postgres) -> None:
    """The lock is a service's own, even where two share a database."""
    url = await database.new_database()
    async with asyncio.timeout(DEADLINE), sole(url, "referrals"), sole(url, "councils"):
        assert len(await pids(url, HOLDERS)) == 2


async def test_one_address_does_for_lock_and_read_models(database: Postgres) -> None:
    """What an address asks of TLS is written in one way only, whoever connects."""
    url = f"{await database.new_database()}?ssl=prefer"
    async with sole(url, "referrals"):
        views = await Views.open(url, read_models(), decode, StandingClock(NOON))
        await views.close()


async def test_who_stands_by_can_give_up(database: Postgres) -> None:
    """A process that is stopped while it waits leaves nothing behind."""
    url = await database.new_database()
    async with sole(url, "referrals"):
        second = asyncio.create_task(held(url, "referrals", asyncio.Event(), asyncio.Event()))
        await somebody(url, STANDING_BY)
        second.cancel()
        await asyncio.wait([second])
        assert second.cancelled()
    assert await pids(url, HOLDERS) == []


async def test_who_stands_by_on_a_silent_link_is_not_given_the_lock(
    database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock would lie with somebody who never hears of it, and nobody could work."""
    url = await database.new_database()
    begun = asyncio.Event()
    async with link(database.port) as way:
        far = make_url(url).set(port=way.port).render_as_string(hide_password=False)
        async with sole(url, "referrals"):
            with monkeypatch.context() as sooner:
                sooner.setattr(module, "PATIENCE", 1.0)
                silent = asyncio.create_task(held(far, "referrals", begun, asyncio.Event()))
                await somebody(url, STANDING_BY)
            way.fall_silent()
        async with asyncio.timeout(DEADLINE):
            with pytest.raises(DatabaseAway):
                await silent
            async with sole(url, "referrals"):
                assert not begun.is_set()


async def test_who_loses_the_connection_ends(
    database: Postgres, told: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the lock somebody else may be at work already: the process is told to end."""
    url = await database.new_database()
    monkeypatch.setattr(module, "BEAT", 0.01)
    async with asyncio.timeout(DEADLINE), sole(url, "referrals"):
        await somebody(url, LOOKED)
        assert not told.is_set()
        await terminate(url, await somebody(url, HOLDERS))
        await told.wait()


@pytest.mark.parametrize(
    ("service", "harm"),
    [
        ("referrals", "DISCARD ALL"),
        ("referrals", "SELECT pg_advisory_unlock_all()"),
        ("portal", "SELECT pg_advisory_unlock_all()"),  # whose lock has a number below zero
    ],
)
async def test_who_loses_the_lock_ends(
    database: Postgres, told: asyncio.Event, service: str, harm: str
) -> None:
    """A pooler may give the session to others while the connection lives: the lock is looked at."""
    url = await database.new_database()
    sessions = list[Any]()

    def keep(connection: Any, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        sessions.append(connection.driver_connection)

    event.listen(Engine, "connect", keep)
    try:
        async with asyncio.timeout(DEADLINE), sole(url, service):
            with capture_logs() as logs:
                await somebody(url, LOOKED)
                assert not told.is_set()
                await sessions[0].execute(harm)
                await told.wait()
    finally:
        event.remove(Engine, "connect", keep)
    assert "NotHeld" in [log["error"] for log in logs] or harm == "DISCARD ALL"


async def test_a_store_in_a_file_waits_for_nobody() -> None:
    """Embedded there is one process anyway, which its store's own lock sees to."""
    async with sole("sqlite+aiosqlite:///views.db", "referrals"):
        pass


async def test_a_database_that_is_missing_is_said(database: Postgres) -> None:
    """Who would stand by for ever at a database that is not there is told so instead."""
    url = make_url(await database.new_database()).set(database="missing")
    with pytest.raises(NoDatabase):
        async with sole(url.render_as_string(hide_password=False), "referrals"):
            pytest.fail("there is nothing to hold")
