"""What a service says of the ground it stands on: ``/readyz`` and ``/metrics``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from services.councils.app import reads
from shared.api.health import Finding, State
from shared.eventstore.port import NO_STREAM, NewEvent
from shared.messaging.consumer import Consumer
from shared.serving.ground import Ground, ground, measure
from shared.serving.keys import Keys
from shared.serving.settings import ServiceSettings
from shared.serving.showing import Following
from shared.testing.nats import NatsServer, nats_server
from tests.contracts.samples import METADATA
from tests.messaging.stage import (
    DEADLINE,
    Remembering,
    a_store,
    append,
    owning,
    running,
    until,
)

OK = Finding(State.OK)
FOLLOWS = {"councils": (("referrals", "views"),), "referrals": ()}
NOWHERE = "nats://127.0.0.1:1"


@asynccontextmanager
async def standing(var: Path, bus: str = NOWHERE, password: str = "") -> AsyncIterator[Ground]:
    """Give the ground of councils; nothing runs on it yet."""
    told = ServiceSettings(var=var, bus_url=bus, bus_password=SecretStr(password))
    keys = Keys.of("councils", told)
    async with ground("councils", told, keys, *reads(keys)) as here:
        yield here


@pytest.fixture
async def nats(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """Give a bus."""
    async with nats_server(tmp_path, FOLLOWS) as server:
        yield server


async def feels(here: Ground, *consumers: Following) -> dict[str, Finding]:
    """Give what every check finds."""
    return {name: await check() for name, check in here.checks(*consumers).items()}


async def figures(here: Ground, *consumers: Following) -> dict[str, float]:
    """Give the gauges by name."""
    registry = CollectorRegistry()
    measure(here, consumers, registry)
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {sample.name: sample.value for family in families for sample in family.samples}


async def add(here: Ground, kind: str) -> None:
    """Lay a fact into the store."""
    fact = NewEvent(uuid4(), kind, METADATA, f'{{"type":"{kind}"}}'.encode())
    await here.store.append(f"meeting-{uuid4()}", NO_STREAM, [fact])


async def comes_to_feel(here: Ground, expected: dict[str, Finding], *follow: Following) -> None:
    """Wait until the checks find what is *expected* among what they find."""
    async with asyncio.timeout(DEADLINE):
        while {**(found := await feels(here, *follow)), **expected} != found:  # noqa: ASYNC110 - as in stage
            await asyncio.sleep(0.02)


async def test_without_a_bus_a_service_can_work(tmp_path: Path) -> None:
    """Store and views are well; bus and what is heard over it are degraded, and figures say so."""
    async with standing(tmp_path) as here:
        heard = here.follow("referrals")
        found, told = await feels(here, heard), await figures(here, heard)
    assert (found["store"], found["views"]) == (OK, OK)
    assert found["bus"] == Finding(State.DEGRADED, "no connection")
    assert found["follows-referrals"] == Finding(State.DEGRADED, "nothing heard for a minute")
    assert told["kredslob_relay_trouble"] == 1
    assert told["kredslob_head_age_seconds"] == -1


async def test_without_its_store_a_service_cannot_work(tmp_path: Path) -> None:
    """Nothing can be read or written: down. Who follows it stands still and says why."""
    async with standing(tmp_path) as here, running(here.runner):
        await here.store.close()
        down = Finding(State.DOWN, "StoreDown")
        stuck = Finding(State.DEGRADED, "StoreDown")
        await comes_to_feel(here, {"store": down, "views": stuck})
        assert (await figures(here))["kredslob_views_trouble"] == 1


async def test_a_fact_set_aside_is_seen(tmp_path: Path) -> None:
    """One that no read model can take leaves the service at work, and degraded until it is."""
    async with standing(tmp_path) as here, running(here.runner):
        await add(here, "meeting.agenda-sent.v1")
        await add(here, "meeting.of-tomorrow.v1")
        await here.runner.wait_for(2, within=DEADLINE)
        assert (await feels(here))["views"] == Finding(State.DEGRADED, "1 parked")


async def test_with_everything_there_all_is_well(nats: NatsServer, tmp_path: Path) -> None:
    """What is stored is on the bus, what others store is heard; a bus that is lost is missed."""
    address = nats.address("councils")
    async with standing(tmp_path, address.url, address.password) as here:
        heard = here.follow("referrals")
        store = a_store()
        assert here.relay is not None
        assert here.noting.relay is not None
        relays = here.relay, here.noting.relay
        async with owning(nats, store), running(here.runner, *relays, heard):
            await append(store, 2)
            await add(here, "meeting.agenda-sent.v1")
            await here.heard.wait_for("referrals", 2, within=DEADLINE)
            await comes_to_feel(here, dict.fromkeys(here.checks(heard), OK), heard)
            told = await figures(here, heard)
            await nats.kill()
            missed = {"bus": Finding(State.DEGRADED, "no connection")}
            await comes_to_feel(here, missed, heard)
    assert (told["kredslob_relay_position"], told["kredslob_relay_trouble"]) == (1, 0)
    assert (told["kredslob_lag_events"], told["kredslob_lag_seconds"]) == (0, 0)
    assert 0 <= told["kredslob_head_age_seconds"] < DEADLINE


async def test_figures_show_how_far_it_is_behind(nats: NatsServer, tmp_path: Path) -> None:
    """A follower that cannot write stands still: facts and seconds not applied, and the head."""
    address, sink = nats.address("councils"), Remembering()
    async with standing(tmp_path, address.url, address.password) as here:
        slow = Consumer(here.bus, "referrals", "views", sink, head_every=0.05)
        sink.refuse()
        store = a_store()
        await append(store, 3)
        async with owning(nats, store), running(slow):
            await until(lambda: sink.refused > 0)
            told, found = await figures(here, slow), await feels(here, slow)
            sink.recover()
            await comes_to_feel(here, {"follows-referrals": OK}, slow)
            after = await figures(here, slow)
    assert told["kredslob_lag_events"] == 3
    assert told["kredslob_lag_seconds"] > 0
    assert told["kredslob_head_age_seconds"] >= 0
    assert found["follows-referrals"].state is State.DEGRADED
    assert after["kredslob_lag_events"] == 0


async def test_how_far_the_own_views_and_the_relay_are_behind_is_shown(tmp_path: Path) -> None:
    """Lag of the views in events and seconds, age of the last look, and what waits for the bus."""
    async with standing(tmp_path) as here:
        assert (await figures(here))["kredslob_views_lag_events"] == -1
        await add(here, "meeting.agenda-sent.v1")
        async with running(here.measuring):
            await measured(here, "kredslob_views_lag_events", 1)
            await measured(here, "kredslob_relay_lag_events", 1)
            async with running(here.runner):
                await measured(here, "kredslob_views_lag_events", 0)
                assert (await figures(here))["kredslob_views_lag_seconds"] == 0
                assert (await figures(here))["kredslob_views_head_age_seconds"] >= 0


async def measured(here: Ground, name: str, value: float) -> None:
    """Wait until a figure is *value*."""
    async with asyncio.timeout(DEADLINE):
        while (await figures(here))[name] != value:  # noqa: ASYNC110 - as in comes_to_feel
            await asyncio.sleep(0.02)
