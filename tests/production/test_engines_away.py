"""An engine that is away: refused as such by every replica, and taken up when it is back."""

import asyncio
from collections.abc import Mapping

import httpx2

from shared.testing.production import STORE, VIEWS, ProductionTown
from shared.testing.production_places import ALL, API, WORKER
from tests.doors.knocking import knock, refused
from tests.journeys.world import World
from tests.production.cases import COMMITTEE, SENDER, intake, sent, until_all_lie_there

HOLDERS = (*ALL, WORKER)


async def test_without_the_store_nothing_is_shown_unnoted(
    town: ProductionTown, world: World
) -> None:
    """What cannot be stored is refused in both languages: a change, and a look that has no note."""
    case = await sent(world)
    await until_all_lie_there(world, [case])
    receiver = world.person(COMMITTEE)
    await receiver.get(f"/referrals/{case}")  # the first time is a fact, and would wait for it
    town.stop_program(STORE)
    try:
        for no in await asyncio.gather(*(_draft(world, replica) for replica in API)):
            refused(no, "storage-down", 503)
        for replica in API:
            seen = await knock(receiver, "GET", f"/referrals/{case}", service=replica)
            refused(seen, "reads-unwritable", 503)
    finally:
        town.start_program(STORE)
    await until_all_lie_there(world, [await sent(world)])


async def test_without_the_database_there_is_a_plain_no(town: ProductionTown, world: World) -> None:
    """Without read models nobody can be told what they may: a no to come back to, not a fault."""
    receiver = world.person(COMMITTEE)
    await asyncio.gather(receiver.token(), world.person(SENDER).token())
    before = town.pids()
    town.stop_program(VIEWS)
    try:
        for replica in API:
            refused(await knock(receiver, "GET", "/inbox", service=replica), "storage-down", 503)
            refused(await _draft(world, replica), "storage-down", 503)
            assert (await world.http.get(f"{town.url(replica)}/healthz")).is_success
            ready = await world.http.get(f"{town.url(replica)}/readyz")
            assert (ready.status_code, ready.json()["status"]) == (503, "down"), ready.text
    finally:
        town.start_program(VIEWS)
        await asyncio.to_thread(
            town.wait_until, "who held a lock is replaced", lambda: _new(town, before)
        )
        await asyncio.to_thread(town.wait_until_ready, within=90)
    await until_all_lie_there(world, [await sent(world)])


def _new(town: ProductionTown, before: Mapping[str, int]) -> bool:
    """Say whether everybody whose lock went with the database has ended and begun anew.

    One that is about to end still answers; whatever came next would meet it in the middle.
    """
    now = town.pids()
    return all(name in now and now[name] != before[name] for name in HOLDERS)


async def _draft(world: World, replica: str) -> httpx2.Response:
    body = {"programme": "psp", "urgency": "almindelig", "intake": intake(world)}
    return await knock(world.person(SENDER), "POST", "/referrals", body, service=replica)
