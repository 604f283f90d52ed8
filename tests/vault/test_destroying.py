"""What is destroyed is gone: for this authority, from the disk, and from every copy restored."""

import sqlite3
from contextlib import closing
from pathlib import Path
from shutil import copyfile, copytree
from uuid import uuid4

import pytest

from shared.kernel.ids import SubjectId
from shared.kernel.personal import ERASED
from shared.vault.destroyed import beside, restored
from shared.vault.problems import NotYetGone, UnknownSubject, VaultInUse
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
    shared_with,
    wrapped_keys,
    wraps,
)


async def test_erasing_one_authority_leaves_the_other(vault: Vault) -> None:
    """Erasure is one authority's order for its own file; another's stays readable by its wrap."""
    case = uuid4()
    sender = await vault.enrol(case, FAVRSKOV)
    token = await sealed(vault, sender)
    await shared_with(vault, token, case, POLICE)
    await vault.destroy(sender)
    assert await read(vault, token, FAVRSKOV) == ERASED
    assert await read(vault, token, POLICE) == CANARY
    await vault.destroy(await vault.subject(case, POLICE))
    assert await read(vault, token, POLICE) == ERASED


async def test_erasing_the_receiver_leaves_the_sender(vault: Vault) -> None:
    """And the other way about."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    await shared_with(vault, token, case, POLICE)
    await vault.destroy(await vault.subject(case, POLICE))
    assert await read(vault, token, POLICE) == ERASED
    assert await read(vault, token, FAVRSKOV) == CANARY


async def test_no_bytes_of_a_destroyed_key_remain(vault: Vault, path: Path) -> None:
    """Whoever has the disk and the master key finds no key that was destroyed, and every other."""
    subjects = [await vault.enrol(uuid4(), FAVRSKOV) for _ in range(400)]
    keys = wrapped_keys(path)
    destroyed = subjects[::10]
    for subject in destroyed:
        assert keys[subject] in bytes_on_disk(path)
        await vault.destroy(subject)
    on_disk = bytes_on_disk(path)
    assert [s for s in subjects if on_disk.count(keys[s]) != (s not in destroyed)] == []


async def test_no_wrap_of_a_destroyed_reader_remains(vault: Vault, path: Path) -> None:
    """With a file go the wraps that were locked for it: rows that are deleted are overwritten."""
    case = uuid4()
    subject = await vault.enrol(case, FAVRSKOV)
    for reader in (POLICE, REGION):
        await shared_with(vault, await sealed(vault, subject), case, reader)
    police, region = wraps(path)
    await vault.destroy(await vault.subject(case, POLICE))
    on_disk = bytes_on_disk(path)
    assert police not in on_disk
    assert region in on_disk


async def test_a_reader_of_the_file_hinders_and_it_is_told(vault: Vault, path: Path) -> None:
    """While a reader keeps old bytes in the log, nobody is told that they are gone."""
    subject = await vault.enrol(uuid4(), FAVRSKOV)
    key = wrapped_keys(path)[subject]
    await vault.enrol(uuid4(), FAVRSKOV)
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM keys").fetchone()
        with pytest.raises(NotYetGone):
            await vault.destroy(subject)
    await vault.destroy(subject)
    assert key not in bytes_on_disk(path)


async def test_a_destroyed_subject_is_unknown(vault: Vault) -> None:
    """After erasure nothing is sealed under the old id; a new file has a new one."""
    case = uuid4()
    old = await vault.enrol(case, FAVRSKOV)
    await sealed(vault, old)
    await vault.destroy(old)
    with pytest.raises(UnknownSubject):
        await vault.content_key(uuid4(), old)
    with pytest.raises(UnknownSubject):
        await vault.enrol(uuid4(), FAVRSKOV, known_as=old)
    new = await vault.subject(case, FAVRSKOV)
    assert new != old
    assert await read(vault, await sealed(vault, new), FAVRSKOV) == CANARY


async def test_with_the_last_file_goes_the_join(vault: Vault) -> None:
    """When nobody keeps a file on a person, the vault no longer knows which cases were theirs."""
    first, second = uuid4(), uuid4()
    subject = await vault.enrol(first, FAVRSKOV)
    await vault.enrol(second, FAVRSKOV, known_as=subject)
    await vault.destroy(subject)
    assert await vault.subject(first, FAVRSKOV) != await vault.subject(second, FAVRSKOV)


async def test_destroying_again_is_safe_and_a_stranger_is_told(vault: Vault) -> None:
    """An order may be repeated; one for an id that never was is refused."""
    subject = await vault.enrol(uuid4(), FAVRSKOV)
    await vault.destroy(subject)
    await vault.destroy(subject)
    with pytest.raises(UnknownSubject):
        await vault.destroy(SubjectId(uuid4().hex))


async def test_a_restored_copy_does_not_bring_it_back(path: Path, keys: FileKeys) -> None:
    """A backup from before the destruction opens without the key, and keeps the others."""
    vault = Vault.open(path, keys)
    gone, kept = [await vault.enrol(uuid4(), FAVRSKOV) for _ in range(2)]
    tokens = [await sealed(vault, gone), await sealed(vault, kept)]
    backup = path.parent.parent / "backup" / "vault.db"
    backup.parent.mkdir()
    await vault.backup(backup)
    key = wrapped_keys(backup)[gone]
    await vault.destroy(gone)
    with pytest.raises(VaultInUse):
        restored(backup, path)
    await vault.close()

    restored(backup, path)
    assert key in bytes_on_disk(path)
    vault = Vault.open(path, keys)
    assert await vault.opened(tokens, FAVRSKOV) == [ERASED, CANARY]
    assert key not in bytes_on_disk(path)
    await vault.close()


async def test_a_backup_alone_is_a_whole_vault(path: Path, keys: FileKeys) -> None:
    """On an empty machine a backup restores what was there, and what was destroyed stays so."""
    vault = Vault.open(path, keys)
    gone, kept = [await vault.enrol(uuid4(), FAVRSKOV) for _ in range(2)]
    tokens = [await sealed(vault, gone), await sealed(vault, kept)]
    await vault.destroy(gone)
    backup, elsewhere = path.with_name("copy.db"), path.parent.parent / "new" / "vault.db"
    await vault.backup(backup)
    await vault.close()
    restored(backup, elsewhere)
    vault = Vault.open(elsewhere, keys)
    assert await vault.opened(tokens, FAVRSKOV) == [ERASED, CANARY]
    await vault.close()


async def test_a_newer_list_beside_a_backup_counts(path: Path, keys: FileKeys) -> None:
    """A list carried to another machine with an old backup destroys there what was on it."""
    vault = Vault.open(path, keys)
    subject = await vault.enrol(uuid4(), FAVRSKOV)
    token = await sealed(vault, subject)
    backup, elsewhere = path.with_name("copy.db"), path.parent.parent / "new" / "vault.db"
    await vault.backup(backup)
    await vault.destroy(subject)
    await vault.close()
    copyfile(beside(path), beside(backup))
    restored(backup, elsewhere)
    vault = Vault.open(elsewhere, keys)
    assert await read(vault, token, FAVRSKOV) == ERASED
    await vault.close()


async def test_a_death_half_way_is_finished_at_the_next_start(path: Path, keys: FileKeys) -> None:
    """An order that was listed is carried out, even if the process died before the key went."""
    vault = Vault.open(path, keys)
    subject = await vault.enrol(uuid4(), FAVRSKOV)
    token = await sealed(vault, subject)
    before = path.parent.parent / "before"
    copytree(path.parent, before)
    await vault.destroy(subject)
    await vault.close()
    for file in before.glob("vault.db*"):
        path.with_name(file.name).write_bytes(file.read_bytes())
    vault = Vault.open(path, keys)
    assert await read(vault, token, FAVRSKOV) == ERASED
    await vault.close()
