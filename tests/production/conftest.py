"""One town on production engines for all tests of a process; each test leaves it running."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from shared.platform.activating import activate
from shared.platform.supervising import ROOT
from shared.testing.production import ProductionTown
from tests.journeys.scenes.offices import offices
from tests.journeys.world import World

_tokens = dict[str, Any]()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductionTown]:
    """Give a town with the rulebook in force, where everybody of the story has their office."""
    running = ProductionTown.start(tmp_path_factory.mktemp("en by i drift") / "var")
    try:
        running.wait_until_ready(within=90)
        activate(running, ROOT / "rulebook")
        asyncio.run(_appointed(running))
        yield running
    finally:
        running.stop()
        running.clear()


async def _appointed(town: ProductionTown) -> None:
    async with World(town) as world:
        await offices(world)


@pytest.fixture
async def world(town: ProductionTown) -> AsyncIterator[World]:
    """Give the people of the town, under keys that no other test uses."""
    async with httpx2.AsyncClient(timeout=30) as http:
        world = World(town, http=http, remembered=dict(_tokens))
        yield world
        kept = {name: each for name, each in world.remembered.items() if name.startswith("token-")}
        _tokens.update(kept)
