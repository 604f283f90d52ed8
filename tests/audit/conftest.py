"""One platform built once, of which tests break a copy; and the service, run for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.rulebook.content import Rulebook, load
from tests.audit.scene import Scene, built
from tests.audit.stage import Audit, audit

SHIPPED = Path(__file__).parents[2] / "rulebook"


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A platform that nobody has touched. Copy it before you do."""
    return built(tmp_path_factory.mktemp("audit") / "platform")


@pytest.fixture
def scene(untouched: Scene, tmp_path: Path) -> Scene:
    """A copy of it, to be broken."""
    return untouched.copied(tmp_path / "copy")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the platform comes with, loaded once."""
    return load(SHIPPED)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Audit]:
    """Give the running service, with overseers of several authorities."""
    async with audit(tmp_path, rulebook) as running:
        yield running
