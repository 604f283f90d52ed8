"""Where this process has its keys from: the vault is its own, or behind the door of who works."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from services.referrals.settings import Settings
from services.referrals.wiring import SERVICE
from shared.api.health import Finding, State
from shared.eventstore.port import START, EventStore
from shared.kernel.ids import AuthorityId
from shared.kernel.starting import CannotStart
from shared.serving.keys import Keys, wrapping_key
from shared.serving.running import Task
from shared.serving.settings import Role
from shared.vault.credentials import Credentials
from shared.vault.door import VaultDoor
from shared.vault.holder import KeyHolder
from shared.vault.problems import VaultDown, VaultProblem
from shared.vault.remote import RemoteVault
from shared.vault.vault import Vault

NOBODY = AuthorityId("")
PATIENCE = 1.0
"""Seconds for a sign of life; ``/readyz`` itself waits twice as long."""
T = TypeVar("T")


class VaultRefused(CannotStart):
    """The vault or its door cannot be used as it is set up: mend what is named below.

    (da: Nøglelageret eller dets dør kan ikke bruges, som det er sat op: ret det, der nævnes
    nedenfor.)
    """


class EmptyVault(CannotStart):
    """The vault is new, and there are referrals already: mount the vault that belongs to them.

    With a new one all that was written would read as erased, and what is written now would later.

    (da: Nøglelageret er nyt, og der er allerede henvisninger: tilslut det nøglelager, der hører til
    dem.)
    """


class NoWayToTheVault(CannotStart):
    """The vault is asked over TLS: set KREDSLOB_TLS_CA, _CERT, _KEY, and _VAULT_URL or _VAULT_PORT.

    The address is for role api, the port for role work.

    (da: Nøglelageret spørges over TLS: sæt KREDSLOB_TLS_CA, _CERT og _KEY samt KREDSLOB_VAULT_URL i
    rollen api eller KREDSLOB_VAULT_PORT i rollen work.)
    """


@dataclass(frozen=True)
class Held:
    """The keys as this process has them: ``own`` where it is the vault's owner."""

    vault: KeyHolder
    own: Vault | None
    tasks: dict[str, Task]

    async def check(self) -> Finding:
        """Say whether keys can be had: without them nothing is sealed or opened, lists go on.

        A vault that hangs is no reason to take a door away that can still show lists.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                await self.vault.opened((), NOBODY)
        except (VaultDown, TimeoutError):
            return Finding(State.DEGRADED, "no keys just now")
        return Finding(State.OK)

    async def demand_fit(self, store: EventStore) -> None:
        """Raise ``EmptyVault`` where the vault cannot be the one that belongs to *store*."""
        if self.own is not None and await store.head() > START and await self.own.is_new():
            raise EmptyVault("vault.db")


def demand(settings: Settings) -> None:
    """Raise the kind of ``CannotStart`` that is so already: nobody stands by for nothing."""
    Keys.of(SERVICE, settings)
    with _plainly():
        if settings.role.works:
            wrapping_key(SERVICE, settings)
        if settings.role is Role.WORK:
            _told(settings.vault_port)
            _credentials(settings).at_the_door()
        if settings.role is Role.API:
            _told(settings.vault_url)
            _credentials(settings).to_ask()


@asynccontextmanager
async def held(settings: Settings) -> AsyncIterator[Held]:
    """Open the vault, or the way to it. Raises the kinds of ``CannotStart`` named here."""
    async with AsyncExitStack() as stack:
        with _plainly():
            if settings.role.works:
                keys = wrapping_key(SERVICE, settings)
                own = Vault.open(settings.folder(SERVICE) / "vault.db", keys)
                stack.push_async_callback(own.close)
                here = Held(own, own, _served(own, settings, stack))
            else:
                away = RemoteVault.at(_told(settings.vault_url), _credentials(settings))
                stack.push_async_callback(away.close)
                here = Held(away, None, {})
        yield here


def _served(own: Vault, settings: Settings, stack: AsyncExitStack) -> dict[str, Task]:
    """Give the task that serves the doors of other processes; nothing where this one has doors."""
    if settings.role.answers:
        return {}
    port, credentials = _told(settings.vault_port), _credentials(settings)
    door = VaultDoor.open(own, settings.host, port, credentials)
    stack.callback(door.close)
    return {"vault's door": door.run}


def _credentials(settings: Settings) -> Credentials:
    paths = (settings.tls_ca, settings.tls_cert, settings.tls_key)
    return Credentials(*(_told(path) for path in paths))


def _told(setting: T | None) -> T:
    if setting is None:
        raise NoWayToTheVault("not all are set")
    return setting


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except VaultProblem as problem:
        raise VaultRefused(str(problem)) from None
