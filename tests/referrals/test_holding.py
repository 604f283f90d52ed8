"""A process has its keys from its own vault, or from behind a door, and says when it has none."""

import socket
from pathlib import Path
from uuid import uuid4

import pytest

from services.referrals.holding import EmptyVault, Held
from shared.api.health import State
from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import NO_STREAM, NewEvent
from shared.kernel.clock import SystemClock
from shared.kernel.ids import AuthorityId
from shared.testing.certificates import MadeUpAuthority
from shared.vault.provider import FileKeys
from shared.vault.remote import RemoteVault
from shared.vault.vault import Vault

FAVRSKOV = AuthorityId("favrskov-kommune")


async def store(*, facts: int) -> MemoryStore:
    """Give a store that holds some facts."""
    begun = MemoryStore(SystemClock())
    for _ in range(facts):
        event = NewEvent(uuid4(), "referral.drafted.v1", {}, b"{}")
        await begun.append(f"referral-{uuid4()}", NO_STREAM, [event])
    return begun


async def test_a_new_vault_beside_old_facts_is_refused(tmp_path: Path) -> None:
    """A volume that was not mounted looks like a new vault: everything would read as erased."""
    own = Vault.open(tmp_path / "vault.db", FileKeys(tmp_path / "wrapping.key"))
    keyed = Held(own, own, {})
    await keyed.demand_fit(await store(facts=0))
    with pytest.raises(EmptyVault):
        await keyed.demand_fit(await store(facts=1))
    await own.enrol(uuid4(), FAVRSKOV)
    await keyed.demand_fit(await store(facts=1))
    await own.close()


async def test_a_vault_that_hangs_is_missed_in_time(tmp_path: Path) -> None:
    """Who takes a connection and says nothing has no keys to give, and holds no door up."""
    authority = MadeUpAuthority.made(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        away = RemoteVault.at(url, authority.client("doors"))
        found = await Held(away, None, {}).check()
        await away.close()
    assert (found.state, found.note) == (State.DEGRADED, "no keys just now")
