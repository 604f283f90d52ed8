"""The plan of 2021 as the councils see it."""

from datetime import date
from pathlib import Path

import pytest

from services.councils.domain.rules import Rules
from shared.rulebook.content import Rulebook, load

SHIPPED = Path(__file__).parents[2] / "rulebook"


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the platform comes with, loaded once."""
    return load(SHIPPED)


@pytest.fixture(scope="session")
def rules(rulebook: Rulebook) -> Rules:
    """The directory of the plan on a day in March 2021."""
    return Rules(rulebook.district, date(2021, 3, 1), rulebook.manifest.hash)
