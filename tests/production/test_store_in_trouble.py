"""EventStoreDB in trouble: nothing answered with yes is lost, and nothing is there twice."""

from collections.abc import Mapping, Sequence

import pytest

from shared.testing.esdb import Fault, Order
from shared.testing.production import ProductionTown
from tests.journeys.world import World
from tests.production.cases import many_sent, until_all_lie_there
from tests.production.once import everything_is_there_once

TROUBLES: Mapping[str, Sequence[Order]] = {
    "another node leads": (
        Order(fault=Fault.NOT_LEADER, times=3),
        Order(fault=Fault.NOT_LEADER, call="read", times=2),
        Order(fault=Fault.NOT_LEADER, call="subscribe"),
    ),
    "the connection is lost": (
        Order(fault=Fault.LOST_UNDONE, times=2),
        Order(fault=Fault.LOST_DONE, times=3, after=1),
        Order(fault=Fault.LOST_UNDONE, call="read", times=2),
        Order(fault=Fault.LOST_UNDONE, call="subscribe", times=2),
    ),
    "the answer is slow": (
        Order(fault=Fault.SLOW_UNDONE),
        Order(fault=Fault.SLOW_DONE, after=2),
        Order(fault=Fault.TIMED_OUT, times=2),
    ),
    "a reader falls behind or hears twice": (
        Order(fault=Fault.TWICE, call="subscribe", times=3),
        Order(fault=Fault.TOO_SLOW, call="subscribe", times=2),
    ),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_nothing_is_lost_or_doubled(town: ProductionTown, world: World, trouble: str) -> None:
    """Whatever the engine does in the middle of a burst, every yes stands once, everywhere."""
    for order in TROUBLES[trouble]:
        await town.order(order)
    cases = await many_sent(world, 4)
    await until_all_lie_there(world, cases)
    await everything_is_there_once(town, world)
    assert len(world.acknowledged) == 2 * len(cases)
