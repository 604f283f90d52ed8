"""That nothing was lost on the way and nothing came twice: from the answers to the audit."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import count

import nats
from nats.js.errors import NotFoundError

from shared.eventstore.port import Stored
from shared.messaging.envelope import carried
from shared.messaging.names import inbox_of, stream_of
from shared.platform.layout import BUS
from shared.testing.production import ProductionTown
from tests.journeys.held import nothing_doubled, nothing_lost
from tests.journeys.kept import ENTERED, all_facts, ledger
from tests.journeys.world import World


async def everything_is_there_once(town: ProductionTown, world: World) -> None:
    """Find each fact once and in order: in the store, on the bus and in the audit's log."""
    facts = {service: await all_facts(town, service) for service in ENTERED}
    nothing_lost(world, [fact for service in ENTERED for fact in facts[service]])
    for service in ENTERED:
        nothing_doubled(facts[service])
        await world.eventually("all is on the bus", partial(_relayed, town, service, facts))
    await world.eventually("the audit has heard it all", lambda: _entered(town, facts))


async def _relayed(town: ProductionTown, service: str, facts: dict[str, Sequence[Stored]]) -> bool:
    """Say whether the bus has heard it all. Fails where it has heard anything else."""
    stored, held = [fact.position for fact in facts[service]], await on_the_bus(town, service)
    assert held[: len(stored)] == stored[: len(held)]
    return len(held) >= len(stored)


async def _entered(town: ProductionTown, facts: dict[str, Sequence[Stored]]) -> bool:
    """Say whether the audit has heard it all. Fails where it has heard anything else."""
    found = defaultdict[str, list[int]](list)
    for entry in await asyncio.to_thread(lambda: list(ledger(town).entries(limit=100_000))):
        found[entry.source].append(entry.fact.position)
    stored = {service: [fact.position for fact in facts[service]] for service in ENTERED}
    for service, positions in stored.items():
        assert found[service][: len(positions)] == positions[: len(found[service])]
    return all(len(found[service]) >= len(positions) for service, positions in stored.items())


async def on_the_bus(town: ProductionTown, service: str) -> list[int]:
    """Give the positions that the bus holds of a service, in their order there."""
    password = (town.place(service) / "secrets/kredslob_bus_password").read_text()
    client = await nats.connect(
        f"nats://127.0.0.1:{town.port(BUS)}",
        user=service,
        password=password,
        inbox_prefix=inbox_of(service),
    )
    found: list[int] = []
    with suppress(NotFoundError):
        for number in count(1):
            message = await client.jetstream().get_msg(stream_of(service), seq=number)
            found.append(carried(message.headers, message.data or b"").fact.position)
    await client.close()
    return found
