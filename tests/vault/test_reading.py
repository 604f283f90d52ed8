"""Who reads what: the one who sealed, and those who were let in."""

from uuid import uuid4

import pytest
from pydantic import JsonValue

from shared.kernel.personal import ERASED
from shared.vault.problems import UnknownCase, VaultDown
from shared.vault.vault import Vault
from tests.vault.filing import CANARY, FAVRSKOV, POLICE, REGION, read, sealed, share, shared_with


async def test_the_one_who_sealed_reads_it(vault: Vault) -> None:
    """An authority reads what it sealed in its own file, whatever JSON it is."""
    subject = await vault.enrol(uuid4(), FAVRSKOV)
    values: list[JsonValue] = [CANARY, 7, None, True, ["æ", {"ø": 1.5}], {}]
    tokens = [await sealed(vault, subject, value) for value in values]
    assert await vault.opened(tokens, FAVRSKOV) == values


async def test_without_a_wrap_the_receiver_reads_erased(vault: Vault) -> None:
    """Being the receiver gives nothing by itself; the sender still reads."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    await vault.subject(case, POLICE)
    assert await read(vault, token, POLICE) == ERASED
    assert await read(vault, token, FAVRSKOV) == CANARY


async def test_with_a_wrap_the_receiver_reads(vault: Vault) -> None:
    """A disclosure opens this event to its receiver and to nobody else."""
    case = uuid4()
    subject = await vault.enrol(case, FAVRSKOV)
    token, other = await sealed(vault, subject), await sealed(vault, subject)
    await shared_with(vault, token, case, POLICE)
    assert await vault.opened([other, token], POLICE) == [ERASED, CANARY]
    assert await read(vault, token, REGION) == ERASED


async def test_the_receiver_lets_a_third_in(vault: Vault) -> None:
    """Who was let in may let others in, by an act of its own."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    await shared_with(vault, token, case, POLICE)
    await vault.grant([share(token, case, REGION, by=POLICE)])
    assert await read(vault, token, REGION) == CANARY


async def test_nobody_passes_on_what_they_cannot_read(vault: Vault) -> None:
    """Holding a copy of a token is no way to have it opened for anyone."""
    theirs, mine = uuid4(), uuid4()
    token = await sealed(vault, await vault.enrol(theirs, FAVRSKOV))
    await vault.enrol(mine, POLICE)
    await vault.grant([share(token, mine, each, by=POLICE) for each in (POLICE, REGION)])
    assert await read(vault, token, POLICE) == ERASED
    assert await read(vault, token, REGION) == ERASED


async def test_either_try_of_a_command_opens_the_event_that_came(vault: Vault) -> None:
    """A retry seals and grants again; whichever append won, its readers read it."""
    case, event = uuid4(), uuid4()
    subject = await vault.enrol(case, FAVRSKOV)
    first = await sealed(vault, subject, "first", event)
    await shared_with(vault, first, case, POLICE)
    second = await sealed(vault, subject, "second", event)
    await shared_with(vault, second, case, POLICE)
    assert first != second
    assert await vault.opened([first, second], POLICE) == ["first", "second"]


async def test_two_persons_in_one_event_are_shared_apart(vault: Vault) -> None:
    """Letting a reader in on one person of an event says nothing about the other."""
    case, other_case, event = uuid4(), uuid4(), uuid4()
    child = await sealed(vault, await vault.enrol(case, FAVRSKOV), "child", event)
    sibling = await sealed(vault, await vault.enrol(other_case, FAVRSKOV), "sibling", event)
    await shared_with(vault, child, case, POLICE)
    assert await vault.opened([child, sibling], POLICE) == ["child", ERASED]
    await shared_with(vault, sibling, case, POLICE)
    assert await vault.opened([child, sibling], POLICE) == ["child", "sibling"]


async def test_shares_are_written_all_or_none(vault: Vault) -> None:
    """A disclosure that fails half-way discloses nothing."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    good = share(token, case, POLICE)
    bad = share(token, uuid4(), REGION)
    with pytest.raises(UnknownCase):
        await vault.grant([good, bad])
    assert await read(vault, token, POLICE) == ERASED


async def test_a_token_of_nobody_here_is_erased(vault: Vault) -> None:
    """A whole token whose subject this vault never had opens to nothing, for anyone."""
    subject = await vault.enrol(uuid4(), FAVRSKOV)
    token = (await sealed(vault, subject)).replace(subject, uuid4().hex)
    assert await read(vault, token, FAVRSKOV) == ERASED


async def test_a_closed_vault_says_so(vault: Vault) -> None:
    """After closing nothing hangs: it is refused."""
    await vault.close()
    with pytest.raises(VaultDown):
        await vault.enrol(uuid4(), FAVRSKOV)
    await vault.close()
