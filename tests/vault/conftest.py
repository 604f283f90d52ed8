"""A vault in a folder of its own, its private door, and the certificates for either side."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.testing.certificates import MadeUpAuthority
from shared.vault.credentials import Credentials
from shared.vault.provider import FileKeys
from shared.vault.remote import RemoteVault
from shared.vault.vault import Vault
from tests.vault.knocking import asking, behind_a_door


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


@pytest.fixture
def authority(tmp_path: Path) -> MadeUpAuthority:
    """The authority whose certificates both sides go by."""
    return MadeUpAuthority.made(tmp_path / "tls")


@pytest.fixture
def worker(authority: MadeUpAuthority) -> Credentials:
    """What the owner of the vault shows."""
    return authority.server("worker")


@pytest.fixture
def replica(authority: MadeUpAuthority) -> Credentials:
    """What a replica shows."""
    return authority.client("replica")


@pytest.fixture
async def url(vault: Vault, worker: Credentials) -> AsyncIterator[str]:
    """Where the vault's door is."""
    async with behind_a_door(vault, worker) as address:
        yield address


@pytest.fixture
async def remote(url: str, replica: Credentials) -> AsyncIterator[RemoteVault]:
    """The same vault as :func:`vault`, as a replica sees it."""
    async with asking(url, replica) as asked:
        yield asked
