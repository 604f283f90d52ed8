"""Councils that can be asked, with the rulebook of the plan in force."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.rulebook.content import Rulebook, load
from tests.access.stage import Stage, stage

SHIPPED = Path(__file__).parents[2] / "rulebook"


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the platform comes with, loaded once."""
    return load(SHIPPED)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Stage]:
    """Give councils and the login, with the office of somebody given."""
    async with stage(tmp_path, rulebook) as running:
        yield running
