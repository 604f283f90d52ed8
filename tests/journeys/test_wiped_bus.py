"""Losing everything that the bus holds, between two commands."""

import shutil
from collections import defaultdict

from shared.platform.layout import BUS, FOLLOWS, SERVICES
from shared.platform.supervising import Platform
from tests.journeys.held import held
from tests.journeys.kept import ENTERED, all_facts, ledger
from tests.journeys.scenes.concern import concern
from tests.journeys.scenes.offices import offices
from tests.journeys.story import SCENES
from tests.journeys.world import World

LAG = "kredslob_lag_events{"


async def test_every_consumer_is_complete_and_in_order(platform: Platform) -> None:
    """The bus only hands on: wiped between two commands, it leaves no hole and doubles nothing."""
    async with World(platform) as world:
        for _, scene in SCENES:
            await scene(world)
            if scene is concern:
                wipe(platform)
        await held(world)
        await world.eventually("all have caught up", lambda: caught_up(world))
        heard = defaultdict[str, list[int]](list)
        for entry in ledger(platform).entries(limit=100_000):
            heard[entry.source].append(entry.fact.position)
        for service in ENTERED:
            stored = [fact.position for fact in await all_facts(platform, service)]
            assert heard[service] == stored


async def test_commands_go_on_without_the_bus(platform: Platform) -> None:
    """NATS down is no refusal: what is asked meanwhile is answered, and heard when it is back."""
    async with World(platform) as world:
        await offices(world)
        platform.stop_program(BUS)
        await concern(world)
        ready = await world.http.get(platform.url("referrals") + "/readyz")
        platform.start_program(BUS)
        await held(world)
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")


def wipe(platform: Platform) -> None:
    """Stop the bus, delete all that it has stored, and start it again."""
    platform.stop_program(BUS)
    shutil.rmtree(platform.var / BUS / "store")
    platform.start_program(BUS)


async def caught_up(world: World) -> bool:
    """Say whether every follower of every service has applied all that its source holds."""
    lags: list[str] = []
    for service in SERVICES:
        told = await world.http.get(world.platform.url(service) + "/metrics")
        lags += [line for line in told.text.splitlines() if line.startswith(LAG)]
    followed = sum(len(sources) for sources in FOLLOWS.values())
    return len(lags) == followed and all(line.endswith(" 0.0") for line in lags)
