"""How the vault is kept: one owner, one master key at a time, nothing of what never came."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.kernel.personal import ERASED
from shared.vault.problems import OtherShape, UnknownCase, VaultDown, VaultInUse, WrongKeys
from shared.vault.provider import FileKeys
from shared.vault.vault import Vault
from tests.vault.filing import (
    CANARY,
    FAVRSKOV,
    POLICE,
    REGION,
    bytes_on_disk,
    read,
    sealed,
    share,
    shared_with,
    wrapped_keys,
)


async def test_it_has_one_owner(vault: Vault, path: Path, keys: FileKeys) -> None:
    """A second process is refused, until the first has let go."""
    with pytest.raises(VaultInUse):
        Vault.open(path, keys)
    await vault.close()
    await Vault.open(path, keys).close()


async def test_its_files_are_its_owners_alone(vault: Vault, path: Path) -> None:
    """No other user of the machine can read the vault, its log, its list or a backup."""
    await vault.enrol(uuid4(), FAVRSKOV)
    await vault.backup(path.with_name("copy.db"))
    modes = {file.name: file.stat().st_mode & 0o077 for file in path.parent.iterdir()}
    assert set(modes.values()) == {0}, modes


async def test_it_opens_again_as_it_was(path: Path, keys: FileKeys) -> None:
    """What a method wrote is there after a restart."""
    vault = Vault.open(path, keys)
    case = uuid4()
    subject = await vault.enrol(case, FAVRSKOV)
    token = await sealed(vault, subject)
    await shared_with(vault, token, case, POLICE)
    await vault.close()
    vault = Vault.open(path, keys)
    assert await vault.subject(case, FAVRSKOV) == subject
    assert await read(vault, token, POLICE) == CANARY
    await vault.close()


async def test_another_master_key_is_refused(vault: Vault, path: Path, tmp_path: Path) -> None:
    """A vault opened with the wrong key file says so at once, instead of erasing everything."""
    await vault.close()
    with pytest.raises(WrongKeys):
        Vault.open(path, FileKeys(tmp_path / "other"))


def test_a_file_that_is_no_vault_is_refused(path: Path, keys: FileKeys) -> None:
    """What is not a vault is not opened as one, and the lock is free again."""
    path.parent.mkdir()
    path.write_bytes(os.urandom(8192))
    for _ in range(2):
        with pytest.raises(VaultDown):
            Vault.open(path, keys)


@pytest.mark.parametrize("shape", [0, 1, 99])
async def test_a_vault_of_another_version_is_refused_untouched(
    vault: Vault, path: Path, keys: FileKeys, shape: int
) -> None:
    """A file that another version wrote is left as it is, and the refusal says how to go on."""
    await vault.enrol(uuid4(), FAVRSKOV)
    await vault.close()
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"PRAGMA user_version = {shape}")
    before = bytes_on_disk(path)
    for _ in range(2):
        with pytest.raises(OtherShape, match=r"another version.*empty folder"):
            Vault.open(path, keys)
    assert bytes_on_disk(path) == before


async def test_rotation_changes_the_wrapping_and_nothing_else(
    vault: Vault, path: Path, keys: FileKeys, tmp_path: Path
) -> None:
    """After rotation the old master key opens nothing; every sealed byte stays and opens."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    await shared_with(vault, token, case, POLICE)
    gone = await vault.enrol(uuid4(), FAVRSKOV)
    lost = await sealed(vault, gone)
    await vault.destroy(gone)
    old = [wrapped for wrapped in wrapped_keys(path).values() if any(wrapped)]
    new = FileKeys(tmp_path / "keys" / "next")
    await vault.rotate(new)
    on_disk = bytes_on_disk(path)
    assert not [wrapped for wrapped in old if wrapped in on_disk]
    assert await read(vault, token, POLICE) == CANARY
    fresh = await sealed(vault, await vault.subject(case, POLICE))
    later = await sealed(vault, await vault.enrol(uuid4(), POLICE))
    await vault.close()
    with pytest.raises(WrongKeys):
        Vault.open(path, keys)
    vault = Vault.open(path, new)
    read_now = await vault.opened([token, fresh, later, lost], POLICE)
    assert read_now == [CANARY, CANARY, CANARY, ERASED]
    await vault.close()


async def test_what_never_came_is_swept_the_second_time(vault: Vault) -> None:
    """Wraps and cases without their event go; one that may still be under way stays."""
    came, never = uuid4(), uuid4()
    kept = await sealed(vault, await vault.enrol(came, FAVRSKOV))
    lost = await sealed(vault, await vault.subject(came, FAVRSKOV))
    await vault.enrol(never, FAVRSKOV)
    for token in (kept, lost):
        await shared_with(vault, token, came, POLICE)
    asked: list[tuple[UUID, ...]] = []

    async def exists(*ids: UUID) -> bool:
        asked.append(ids)
        return ids in {(came,), (came, UUID(kept.split("~")[1]))}

    async def sweep() -> int:
        return await vault.sweep(came_in=exists, began=exists)

    assert await sweep() == 0
    assert await read(vault, lost, POLICE) == CANARY
    assert await sweep() == 2
    assert await vault.opened([kept, lost], POLICE) == [CANARY, ERASED]
    with pytest.raises(UnknownCase):
        await vault.subject(never, FAVRSKOV)
    asked.clear()
    assert await sweep() == 0
    assert asked == []


async def test_who_was_not_let_in_after_all_loses_its_key(vault: Vault) -> None:
    """A refused let-in leaves no key to what was there before it; one that came is not disturbed.

    Two requests let the same two authorities in on the same event; each stands by its own facts.
    """
    case, came, refused = uuid4(), uuid4(), uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    here = {(case, UUID(token.split("~")[1])), (case, came), (case,)}

    async def exists(*ids: UUID) -> bool:
        return ids in here

    await vault.grant([share(token, case, POLICE, cause=came)])
    await vault.grant([share(token, case, each, cause=refused) for each in (POLICE, REGION)])
    assert await vault.sweep(came_in=exists, began=exists) == 0
    assert await vault.sweep(came_in=exists, began=exists) == 2
    assert await read(vault, token, POLICE) == CANARY
    assert await read(vault, token, REGION) == ERASED


async def test_a_retry_takes_the_doubt_away(vault: Vault) -> None:
    """A command tried again after a sweep is as young as one tried first."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))

    async def never(*_: UUID) -> bool:
        return False

    for _ in range(3):
        await vault.enrol(case, FAVRSKOV)
        await shared_with(vault, token, case, POLICE)
        assert await vault.sweep(came_in=never, began=never) == 0
    assert await read(vault, token, POLICE) == CANARY
