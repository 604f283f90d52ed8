"""A replica that is told to end while it answers."""

import asyncio
from uuid import uuid4

from shared.testing.esdb import Fault, Order
from shared.testing.production import ProductionTown
from shared.testing.production_places import API
from tests.doors.knocking import knock, refused
from tests.journeys.kept import all_facts
from tests.journeys.world import World
from tests.production.cases import SENDER, intake


async def test_who_is_cut_off_is_told_to_ask_again(town: ProductionTown, world: World) -> None:
    """A request that lasts longer than an ending process waits is no error: the same key helps."""
    ending, other = API
    body = {"programme": "psp", "urgency": "almindelig", "intake": intake(world)}
    wish, key = (world.person(SENDER), "POST", "/referrals", body), str(uuid4())
    await world.person(SENDER).token()
    before = len(await all_facts(town, "referrals"))

    async def stored() -> bool:
        return len(await all_facts(town, "referrals")) == before + 1

    await town.order(Order(fault=Fault.SLOW_DONE, times=2))
    asked = asyncio.create_task(knock(*wish, service=ending, idempotency_key=key))
    await world.eventually("it is stored, and the replica does not know", stored)
    await asyncio.to_thread(town.stop_program, ending)
    try:
        refused(await asked, "outcome-open", 503)
        done = await knock(*wish, service=other, idempotency_key=key)
        assert done.status_code == 201
        assert await stored()
    finally:
        town.start_program(ending)
        await asyncio.to_thread(town.wait_until_ready, ending)
