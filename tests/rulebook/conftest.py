"""The shipped rulebook, and copies of it to plant mistakes in."""

import shutil
from pathlib import Path

import pytest

from shared.rulebook.content import Rulebook, load

SHIPPED = Path(__file__).parents[2] / "rulebook"


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The directory of the rulebook that the platform comes with."""
    return SHIPPED


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the platform comes with, loaded once."""
    return load(SHIPPED)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped rulebook that a test may spoil."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "rulebook"))
