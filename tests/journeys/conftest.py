"""A platform of real processes for each journey, in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.platform.activating import activate
from shared.platform.supervising import ROOT, Platform


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Give a platform that is ready, with the rulebook in force; stop it afterwards."""
    running = Platform.start(tmp_path / "var")
    try:
        running.wait_until_ready(within=90)
        activate(running, ROOT / "rulebook")
        yield running
    finally:
        running.stop()
