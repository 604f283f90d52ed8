"""Who is told that somebody tried at what is not for them."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

import pytest

from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import asked, sent
from tests.access.work_lists import WHY, claimed, kinds, peopled, until_told
from tests.referrals.ways import BANDEEXIT


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


async def _secret(here: Hall) -> str:
    case = await sent(here, "kirsten", BANDEEXIT)
    await asked(here, "erik", "claim", case)
    await here.shown()
    return case


@pytest.mark.parametrize("person", ["liva", "ulla", "mogens"])
async def test_no_glass_of_a_secret_case_is_told_from_none(here: Hall, person: str) -> None:
    """Whoever tries to break it is answered as at an id that never was, to the last word."""
    case, never = await _secret(here), str(uuid4())
    answers = [
        await here.ask(person, "POST", f"/referrals/{each}/broken-glass", WHY)
        for each in (case, never)
    ]
    there, nothing = answers
    assert there.status_code == nothing.status_code == HTTPStatus.NOT_FOUND
    assert there.text.replace(case, never) == nothing.text
    assert sorted(there.headers.keys()) == sorted(nothing.headers.keys())


async def test_a_try_at_glass_that_never_opens_is_told_to_the_owner_alone(here: Hall) -> None:
    """Who has the secret case finds it on the list; nobody else there, at the sender, or above."""
    case = await _secret(here)
    await asked(here, "erik", "staff", case, {"subject": "ulla"})
    await here.ask("liva", "POST", f"/referrals/{case}/broken-glass", WHY)
    told = await until_told(here, "erik", "try_noticed")
    assert told["referral"] == case
    await asked(here, "erik", "staff", case, {"subject": "liva"})
    for person in ("liva", "ulla", "kirsten", "karen", "dpo", "anna", "hanne", "mogens"):
        assert "try_noticed" not in await kinds(here, person), person


async def test_while_nobody_has_a_secret_case_who_works_on_it_is_told(here: Hall) -> None:
    """A try at a case that nobody has taken yet is not lost on everybody."""
    case = await sent(here, "kirsten", BANDEEXIT)
    await here.shown()
    await here.ask("mogens", "GET", f"/referrals/{case}")
    for person in ("erik", "ulla", "liva"):
        assert (await until_told(here, person, "try_noticed"))["referral"] == case
    for person in ("kirsten", "karen", "dpo"):
        assert "try_noticed" not in await kinds(here, person), person


async def test_a_look_at_a_case_of_others_is_told_to_its_owner(here: Hall) -> None:
    """Who is no party and asks for an open case alerts who has it, and once for a day."""
    case = await claimed(here)
    for _ in range(2):
        answer = await here.ask("mogens", "GET", f"/referrals/{case}")
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert (await until_told(here, "hanne", "try_noticed"))["referral"] == case
    assert await kinds(here, "hanne", case) == ["try_noticed"]
    for person in ("carl", "anna", "jette", "mogens", "dpo odder"):
        assert "try_noticed" not in await kinds(here, person), person
