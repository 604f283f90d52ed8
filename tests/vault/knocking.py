"""A vault behind its door, as another process of the service finds it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.vault.credentials import Credentials
from shared.vault.door import VaultDoor
from shared.vault.holder import KeyHolder
from shared.vault.remote import RemoteVault

PATIENCE = 30.0
"""Seconds; longer than a busy machine needs, so that what fails does not fail for being slow."""


@asynccontextmanager
async def behind_a_door(
    vault: KeyHolder, credentials: Credentials, port: int = 0
) -> AsyncIterator[str]:
    """Serve *vault*, and give its address; the door is shut again when the block is left."""
    door, stopping = VaultDoor.open(vault, "127.0.0.1", port, credentials), asyncio.Event()
    serving = asyncio.create_task(door.run(stopping))
    try:
        yield f"https://127.0.0.1:{door.port}"
    finally:
        stopping.set()
        await serving


@asynccontextmanager
async def asking(
    url: str, credentials: Credentials, patience: float = PATIENCE
) -> AsyncIterator[RemoteVault]:
    """Give the vault at *url* to ask."""
    remote = RemoteVault.at(url, credentials, patience=patience)
    yield remote
    await remote.close()
