"""What the edge is tested against: a clock that stands, and an issuer that really serves keys."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from shared.kernel.clock import StandingClock
from tests.api.issuing import NOON, Issuer


@pytest.fixture
def clock() -> StandingClock:
    """Give a clock that stands at noon on a Friday."""
    return StandingClock(NOON)


@pytest.fixture
async def issuer(clock: StandingClock) -> AsyncIterator[Issuer]:
    """Give an issuer that answers over HTTP and can be told to misbehave."""
    async with Issuer(clock).answering() as issuer:
        yield issuer


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client of real HTTP."""
    async with httpx2.AsyncClient() as http:
        yield http
