"""A profile's limit at the door of letting in: told before anything is stored, and the newest."""

import json
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.referrals.domain.referral.refusals import NotFromTheStart
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import asked, let_in, one_in_each_unit, sent
from tests.referrals import people as who
from tests.referrals.ways import BANDEEXIT, PSP, Way

ERRED = {"reason": "Sendt ved en fejl."}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with one person in each unit."""
    async with one_in_each_unit(tmp_path, rulebook) as running:
        yield running


def wish(way: Way, party: str = "", **how: object) -> Mapping[str, object]:
    """Give the body that asks for a unit to be let in from the start."""
    body = {"party": party or way.further, "basis": way.basis, "reason": "De kender ham."}
    return {**body, "sees": "start", **how}


def joining_only(rules: Rulebook, programme: str) -> Mapping[str, Any]:
    """Give the rulebook in which nobody who is let in sees more than from their joining on."""
    content: dict[str, Any] = json.loads(json.dumps(rules.content))
    for entry in content["programmes"][programme]["disclosure"]:
        if entry["role"] == "let_in":
            entry["from"] = "joining"
    return content


async def test_it_is_refused_before_anything_is_stored(here: Hall) -> None:
    """Who decides more than the profile gives is told so in both languages; nothing came of it."""
    case = await sent(here, "anna", PSP)
    before = await here.stream_of(UUID(case))
    for how in ({}, {"counterpart": True}):
        body = wish(PSP, who.PROBATION, **how)
        answer = await here.ask("hanne", "POST", f"/referrals/{case}/parties", body)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        told = answer.json()
        assert told["type"] == "urn:kredslob:problem:not-from-the-start"
        words = NotFromTheStart.words()
        assert (told["title"], told["en"]["title"]) == (words.da, words.en)
    assert await here.stream_of(UUID(case)) == before
    await asked(here, "hanne", "parties", case, wish(PSP, who.PROBATION, sees="joining"))


async def test_of_a_secret_case_it_is_refused_alike(here: Hall) -> None:
    """What the consent names gives no more than the profile; to a stranger there is no case."""
    case = await sent(here, "kirsten", BANDEEXIT)
    path = f"/referrals/{case}/parties"
    refused = await here.ask("erik", "POST", path, wish(BANDEEXIT))
    assert refused.json()["type"].endswith(":not-from-the-start")
    stranger = await here.ask("anna", "POST", path, wish(BANDEEXIT))
    assert stranger.status_code == HTTPStatus.NOT_FOUND


async def test_the_door_says_that_it_may_refuse_so(here: Hall) -> None:
    """Who reads the description of the door finds the refusal with its sentences."""
    doors = (await here.ask("", "GET", "/openapi.json")).json()["paths"]
    told = doors["/referrals/{referral_id}/parties"]["post"]["responses"]["422"]
    assert NotFromTheStart.slug() in str(told)


async def test_the_newest_profile_is_the_limit(here: Hall) -> None:
    """A profile that gives less counts from the next request on, and so does one that gives more.

    What was decided before is answered as it was, to who repeats the request.
    """
    first, second = await sent(here, "anna", PSP), await sent(here, "anna", PSP)
    key = str(uuid4())
    path = "/referrals/{}/parties"
    decided = await here.ask("hanne", "POST", path.format(first), wish(PSP), Idempotency_Key=key)
    await here.activate(joining_only(here.rulebook, "psp"))
    refused = await here.ask("hanne", "POST", path.format(second), wish(PSP))
    assert refused.json()["type"].endswith(":not-from-the-start")
    again = await here.ask("hanne", "POST", path.format(first), wish(PSP), Idempotency_Key=key)
    assert (again.status_code, again.json()) == (decided.status_code, decided.json())
    await here.activate(here.rulebook.content)
    await let_in(here, "hanne", second, PSP, sees="start")
