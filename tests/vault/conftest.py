"""A vault in a folder of its own, and the authorities of the tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.vault.provider import FileKeys
from shared.vault.vault import Vault


@pytest.fixture
def keys(tmp_path: Path) -> FileKeys:
    """The master key of the tests, in a file."""
    return FileKeys(tmp_path / "keys" / "master")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the vault lies."""
    return tmp_path / "vault" / "vault.db"


@pytest.fixture
async def vault(path: Path, keys: FileKeys) -> AsyncIterator[Vault]:
    """An empty vault."""
    opened = Vault.open(path, keys)
    yield opened
    await opened.close()
