"""Killing any process of the production wiring at any moment of the story."""

from pathlib import Path

import pytest

from tests.journeys.faults import PRODUCTION, play


@pytest.mark.parametrize("seed", [17, 43, 49])
def test_nothing_acknowledged_is_lost_and_no_effect_doubled(seed: int, tmp_path: Path) -> None:
    """SIGKILL of engine, replica or worker: what was answered with yes stands, once."""
    assert play(seed, tmp_path / "var", PRODUCTION).killed
