"""One platform built once; each test breaks a copy."""

from pathlib import Path

import pytest

from tests.audit.scene import Scene, built


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A platform that nobody has touched. Copy it before you do."""
    return built(tmp_path_factory.mktemp("audit") / "platform")


@pytest.fixture
def scene(untouched: Scene, tmp_path: Path) -> Scene:
    """A copy of it, to be broken."""
    return untouched.copied(tmp_path / "copy")
