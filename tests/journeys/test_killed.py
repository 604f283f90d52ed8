"""Killing any process at any moment of the story."""

from pathlib import Path

import pytest

from tests.journeys.faults import play


@pytest.mark.parametrize("seed", [8, 27, 66])
def test_nothing_acknowledged_is_lost_and_no_effect_doubled(seed: int, tmp_path: Path) -> None:
    """SIGKILL of any process: what was answered with yes stands, once, and the rest goes on."""
    assert play(seed, tmp_path / "var").killed
