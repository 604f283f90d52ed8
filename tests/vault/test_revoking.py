"""What a reader may no longer open is taken out of the vault, and nothing else with it."""

from pathlib import Path
from uuid import UUID, uuid4

from shared.kernel.decider import Grant
from shared.kernel.personal import ERASED
from shared.vault.destroyed import backing_up, restored
from shared.vault.provider import FileKeys
from shared.vault.revoking import Remaining
from shared.vault.sealing import Token
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
    wraps,
)


async def shared(vault: Vault, case: UUID) -> str:
    """Let Favrskov have sealed something in *case* that police and region may read."""
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    await vault.grant([share(token, case, reader) for reader in (POLICE, REGION)])
    return token


async def test_what_no_grant_covers_goes(vault: Vault, path: Path) -> None:
    """One reader's wrap goes, on disk too; another's stays, and so does what the writer has."""
    case = uuid4()
    token = await shared(vault, case)
    event = Token.read(token).event
    before = wraps(path)
    remaining = Remaining(case, {event}, {Grant(event, FAVRSKOV, REGION)})
    assert await vault.revoke([remaining], until=7) == 1
    assert await read(vault, token, POLICE) == ERASED
    assert [await read(vault, token, each) for each in (REGION, FAVRSKOV)] == [CANARY, CANARY]
    (gone,) = set(before) - set(wraps(path))
    await vault.close()
    assert gone not in bytes_on_disk(path)


async def test_another_case_of_the_same_people_is_left_alone(vault: Vault) -> None:
    """What a reader may open in another case is no concern of this one."""
    case, other = uuid4(), uuid4()
    here, elsewhere = await shared(vault, case), await shared(vault, other)
    events = {Token.read(each).event for each in (here, elsewhere)}
    assert await vault.revoke([Remaining(case, events, ())], until=1) == 2
    assert await vault.opened([here, elsewhere], POLICE) == [ERASED, CANARY]


async def test_what_is_about_to_come_is_left_alone(vault: Vault) -> None:
    """A wrap for a fact that is not stored yet, or because of one, was not revoked by the past."""
    case, joins = uuid4(), uuid4()
    known, coming = await shared(vault, case), await shared(vault, case)
    await vault.grant([share(known, case, POLICE, cause=joins)])
    assert await vault.revoke([Remaining(case, {Token.read(known).event}, ())], until=1) == 2
    assert await vault.opened([known, coming], POLICE) == [CANARY, CANARY]
    assert await vault.opened([known, coming], REGION) == [ERASED, CANARY]


async def test_a_backup_has_the_keys_of_the_facts_beside_it(path: Path, keys: FileKeys) -> None:
    """What is taken back while the store is copied is in the copy: the store does not know why."""
    backup, case = path.with_name("copy.db"), uuid4()
    vault = Vault.open(path, keys)
    token = await shared(vault, case)
    with backing_up(path, backup):
        await vault.revoke([Remaining(case, {Token.read(token).event}, ())], until=9)
    assert await read(vault, token, POLICE) == ERASED
    await vault.close()
    restored(backup, path)
    back = Vault.open(path, keys)
    assert (await read(back, token, POLICE), await back.revoked_until()) == (CANARY, 0)
    await back.close()
    assert {file.name for file in path.parent.glob("before-*")} == set()


async def test_how_far_it_has_come_is_remembered_until_a_copy_takes_its_place(
    path: Path, keys: FileKeys
) -> None:
    """A restored vault hears everything anew: the store beside it may be an older one."""
    backup = path.with_name("copy.db")
    vault = Vault.open(path, keys)
    assert await vault.revoked_until() == 0
    await vault.revoke([], until=7)
    await vault.backup(backup)
    await vault.close()
    again = Vault.open(path, keys)
    assert await again.revoked_until() == 7
    await again.close()
    restored(backup, path)
    back = Vault.open(path, keys)
    assert await back.revoked_until() == 0
    await back.close()
