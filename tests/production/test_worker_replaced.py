"""The one process that works: killed in the middle, it is replaced, and nothing is done twice."""

import asyncio
import os
import signal
from xmlrpc.client import Fault

from shared.platform.layout import BUS
from shared.testing.production import ProductionTown
from shared.testing.production_places import STANDBY, WORKER
from tests.journeys.world import World
from tests.production.cases import many_sent, sent, until_all_lie_there
from tests.production.once import everything_is_there_once

BURST = 8


async def test_a_worker_killed_in_a_burst_is_replaced(town: ProductionTown, world: World) -> None:
    """SIGKILL with referrals in flight: every inbox, the bus and the audit have each fact once."""
    before = town.pids()[WORKER]
    burst = asyncio.create_task(many_sent(world, BURST))
    await world.eventually("the burst has begun", lambda: _acknowledged(world, BURST // 2))
    os.kill(before, signal.SIGKILL)
    cases = await burst
    await until_all_lie_there(world, cases)
    await world.eventually("it was replaced", lambda: _is_another(town, before))
    await everything_is_there_once(town, world)


async def test_a_standby_takes_over(town: ProductionTown, world: World) -> None:
    """Two are started, one works; when it is killed and stays away, the other goes on."""
    town.start_program(STANDBY)
    try:
        await world.eventually("it stands by", lambda: _stands_by(town))
        os.kill(town.pids()[WORKER], signal.SIGKILL)
        await world.eventually("it stays away", lambda: _stays_away(town))
        await until_all_lie_there(world, await many_sent(world, 2))
        assert WORKER not in town.pids()
    finally:
        town.start_program(WORKER)
    town.stop_program(STANDBY)
    await until_all_lie_there(world, [await sent(world)])
    await everything_is_there_once(town, world)


async def test_the_bus_away_is_no_refusal(town: ProductionTown, world: World) -> None:
    """Replicas and worker go on without NATS; what happened meanwhile is heard when it is back."""
    town.stop_program(BUS)
    try:
        case = await sent(world)
    finally:
        town.start_program(BUS)
    await until_all_lie_there(world, [case])
    await everything_is_there_once(town, world)


async def _acknowledged(world: World, count: int) -> bool:
    return len(world.acknowledged) >= count


async def _is_another(town: ProductionTown, before: int) -> bool:
    return town.pids().get(WORKER, before) != before


async def _stays_away(town: ProductionTown) -> bool:
    """Say whether the killed worker is kept from coming back; not while it is on the way."""
    try:
        town.stop_program(WORKER)
    except Fault:
        return False
    return True


async def _stands_by(town: ProductionTown) -> bool:
    """Say whether the standby has found that somebody else works."""
    log = town.var / "log" / f"{STANDBY}.log"
    return log.exists() and "standing by" in log.read_text()
