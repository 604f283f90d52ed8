"""What a person is called: another id in each authority's files, joined only in the vault."""

import asyncio
from uuid import uuid4

import pytest

from shared.kernel.ids import SubjectId
from shared.vault.problems import UnknownCase, UnknownSubject
from shared.vault.vault import Vault
from tests.vault.filing import CANARY, FAVRSKOV, POLICE, REGION, read, sealed, share


async def test_no_id_is_shared_by_two_authorities(vault: Vault) -> None:
    """One person has another id in each authority's files, and the same in all of one's."""
    first, second = uuid4(), uuid4()
    here = await vault.enrol(first, FAVRSKOV)
    assert await vault.enrol(second, FAVRSKOV, known_as=here) == here
    ids = {here, await vault.subject(first, POLICE), await vault.subject(first, REGION)}
    assert len(ids) == 3
    assert await vault.subject(second, POLICE) == await vault.subject(first, POLICE)


async def test_apart_gives_an_id_for_each_case(vault: Vault) -> None:
    """In Bandeexit an authority cannot tell by the ids that two cases are about one person."""
    first, second = uuid4(), uuid4()
    here = await vault.enrol(first, FAVRSKOV)
    await vault.enrol(second, FAVRSKOV, known_as=here)
    apart = [await vault.subject(case, FAVRSKOV, apart=True) for case in (first, second)]
    assert len({here, *apart}) == 3
    assert await vault.subject(first, FAVRSKOV, apart=True) == apart[0]


async def test_enrolling_again_gives_the_same(vault: Vault) -> None:
    """A command tried twice makes one person, even when both tries run at once."""
    case = uuid4()
    ids = await asyncio.gather(*(vault.enrol(case, FAVRSKOV) for _ in range(20)))
    assert len(set(ids)) == 1


async def test_cases_are_about_different_persons_unless_told(vault: Vault) -> None:
    """The vault never guesses that two cases are about one person."""
    assert await vault.enrol(uuid4(), FAVRSKOV) != await vault.enrol(uuid4(), FAVRSKOV)


async def test_anothers_id_is_as_unknown_as_none(vault: Vault) -> None:
    """An id out of another authority's files tells nothing, and enrols nobody."""
    theirs = await vault.enrol(uuid4(), POLICE)
    case = uuid4()
    answers = []
    for wrong in (theirs, SubjectId(uuid4().hex)):
        with pytest.raises(UnknownSubject) as answer:
            await vault.enrol(case, FAVRSKOV, known_as=wrong)
        answers.append(str(answer.value))
    assert answers[0] == answers[1]
    with pytest.raises(UnknownCase):
        await vault.subject(case, FAVRSKOV)


async def test_a_key_needs_a_subject(vault: Vault) -> None:
    """Nothing is sealed for a subject that the vault does not know."""
    with pytest.raises(UnknownSubject):
        await vault.content_key(uuid4(), SubjectId(uuid4().hex))


async def test_what_was_undone_is_not_remembered(vault: Vault) -> None:
    """A key made in a request that failed is gone, and never taken for the next one's."""
    case = uuid4()
    token = await sealed(vault, await vault.enrol(case, FAVRSKOV))
    good = share(token, case, POLICE)
    bad = share(token, uuid4(), POLICE)
    with pytest.raises(UnknownCase):
        await vault.grant([good, bad])
    theirs = await sealed(vault, await vault.subject(case, REGION))
    assert await read(vault, theirs, REGION) == CANARY
