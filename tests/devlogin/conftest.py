"""The development login behind a real server, with a clock that stands."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from services.devlogin.app import create_app
from services.devlogin.settings import Settings
from shared.kernel.clock import StandingClock
from shared.testing.serving import listening, serving


@pytest.fixture
def clock() -> StandingClock:
    """Give a clock that stands at noon on a Friday."""
    return StandingClock(datetime(2021, 6, 4, 12, tzinfo=UTC))


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client of real HTTP."""
    async with httpx2.AsyncClient() as http:
        yield http


@pytest.fixture
async def issuer(clock: StandingClock, tmp_path: Path) -> AsyncIterator[str]:
    """Give the address of the development login."""
    held, address = listening()
    app = create_app(Settings(var=tmp_path, issuer=address), clock)
    async with serving(app, held):
        yield address
