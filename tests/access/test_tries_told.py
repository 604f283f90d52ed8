"""Tries at what is not for somebody: who is told of them, and that nothing else shows them."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.referrals.projections import tries
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import asked, fact_of, sent
from tests.access.work_lists import WHY, claimed, kinds, peopled, until_told
from tests.referrals.ways import BANDEEXIT, PSP

NOTICED = "referral.try-noticed.v1"


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


async def _tried(here: Hall, case: str) -> None:
    """Let somebody of neither side try at a referral."""
    answer = await here.ask("mogens", "GET", f"/referrals/{case}")
    assert answer.status_code == HTTPStatus.NOT_FOUND


async def _noticed(here: Hall, case: str) -> None:
    """Return when a try at a referral was told to its owner."""
    store = here.wiring.ground.store
    async with asyncio.timeout(30):
        while True:
            head = await store.head()
            if any(each.type == NOTICED for each in await here.stream_of(UUID(case))):
                return
            await store.wait(head)


async def test_nobody_sees_to_their_own_try(here: Hall) -> None:
    """Who tried in one hat does not take it off the owner's list in another."""
    case = await claimed(here)
    path = f"/referrals/{case}"
    await here.appoint("mogens", "oestjyllands-politi-tilsyn", "dpo")
    tried = await here.ask("mogens", "GET", path, Kredslob_Unit="aarhus-ssp")
    assert tried.status_code == HTTPStatus.NOT_FOUND
    await _noticed(here, case)
    seen = f"{path}/tries/{await fact_of(here, case, 'try-noticed')}/seen"
    own = await here.ask("mogens", "POST", seen, {}, Kredslob_Unit="oestjyllands-politi-tilsyn")
    assert own.status_code == HTTPStatus.FORBIDDEN
    assert "not-yours-to-see-to" in own.text
    assert await kinds(here, "hanne", case) == ["try_noticed"]
    assert (await here.ask("dpo", "POST", seen, {})).is_success
    assert await kinds(here, "hanne", case) == []


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
    """Who has the secret case finds it on the list and the timeline, and nobody else anywhere."""
    case = await _secret(here)
    await asked(here, "erik", "staff", case, {"subject": "ulla"})
    await here.ask("liva", "POST", f"/referrals/{case}/broken-glass", WHY)
    told = await until_told(here, "erik", "try_noticed")
    assert told["referral"] == case
    await asked(here, "erik", "staff", case, {"subject": "liva"})
    for person in ("liva", "ulla", "kirsten", "karen", "dpo", "anna", "hanne", "mogens"):
        assert "try_noticed" not in await kinds(here, person), person
    page, control = f"/referrals/{case}", {"Kredslob_Purpose": "data_protection"}
    for person in ("liva", "ulla", "kirsten"):
        assert NOTICED not in (await here.ask(person, "GET", page)).text, person
    assert NOTICED not in (await here.ask("dpo", "GET", page, **control)).text
    assert NOTICED in (await here.ask("erik", "GET", page)).text


async def test_while_nobody_has_a_secret_case_who_works_on_it_is_told(here: Hall) -> None:
    """A try at a case that nobody has taken yet is not lost on everybody."""
    case = await sent(here, "kirsten", BANDEEXIT)
    await here.shown()
    await _tried(here, case)
    for person in ("erik", "ulla", "liva"):
        assert (await until_told(here, person, "try_noticed"))["referral"] == case
    for person in ("kirsten", "karen", "dpo"):
        assert "try_noticed" not in await kinds(here, person), person


async def test_a_look_at_a_case_of_others_is_told_to_its_owner(here: Hall) -> None:
    """Who is no party and asks for an open case alerts who has it, and once for a day."""
    case = await claimed(here)
    for _ in range(2):
        await _tried(here, case)
    assert (await until_told(here, "hanne", "try_noticed"))["referral"] == case
    assert await kinds(here, "hanne", case) == ["try_noticed"]
    for person in ("carl", "anna", "jette", "mogens", "dpo odder"):
        assert "try_noticed" not in await kinds(here, person), person


async def test_tries_that_cannot_be_told_hold_up_no_other(
    here: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many stand before it in whatever order, one that can be told is told."""
    monkeypatch.setattr(tries, "AT_ONCE", 1)
    over = [await sent(here, "anna", PSP) for _ in range(4)]
    for case in over:
        await asked(here, "anna", "error", case, {"reason": "Fejl, glem den."})
        await _tried(here, case)
    target = await sent(here, "anna", PSP)
    await _tried(here, target)
    await _noticed(here, target)


async def test_a_try_moves_neither_feed_nor_version(here: Hall) -> None:
    """Whoever tried is perhaps in the very unit: what they may see there looks as before."""
    case = await claimed(here)
    before = await here.see("carl", f"/referrals/{case}")
    news = (await here.see("carl", "/changes")).json()["items"]
    await _tried(here, case)
    await _noticed(here, case)
    assert (await here.see("carl", "/changes")).json()["items"] == news
    after = await here.see("carl", f"/referrals/{case}")
    assert (after.headers["ETag"], after.json()) == (before.headers["ETag"], before.json())
    (told,) = (await here.see("lis", "/tasks")).json()["items"]
    assert (told["kind"], told["referral"]) == ("try_noticed", case)
