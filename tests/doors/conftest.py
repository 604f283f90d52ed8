"""One platform of real processes for all tests of the doors; every test has its own client."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from shared.platform.activating import activate
from shared.platform.supervising import ROOT, Platform
from tests.doors.described import Doors
from tests.doors.people import HOLD, appoint, settled, written
from tests.journeys.world import World

_tokens = dict[str, Any]()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Give a running platform with the rulebook in force, in which everybody has their offices."""
    var = tmp_path_factory.mktemp("doors")
    running = Platform.start(var, people=str(written(var / "people.yaml")))
    try:
        running.wait_until_ready(within=90)
        activate(running, ROOT / "rulebook")
        asyncio.run(settled(running, appoint(running, list(HOLD))))
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def doors(platform: Platform) -> Doors:
    """Give what the services say of their doors."""
    return Doors.of(platform)


@pytest.fixture
async def world(platform: Platform, doors: Doors) -> AsyncIterator[World]:
    """Give the platform to a test; whatever a door answers is held against its description."""
    hooks = {"response": [doors.check]}
    async with httpx2.AsyncClient(timeout=30, event_hooks=hooks) as http:
        world = World(platform, http=http, remembered=dict(_tokens))
        yield world
        kept = {name: each for name, each in world.remembered.items() if name.startswith("token-")}
        _tokens.update(kept)
