"""A policy that changes counts from the very next request, though no row was made anew."""

from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import asked, seen, written
from tests.access.work_lists import claimed, kinds, peopled
from tests.referrals.ways import PSP

OFFICES = '[Office::"caseworker", Office::"leader", Office::"tovholder"].contains(principal)'
NO_TOVHOLDER = OFFICES.replace(', Office::"tovholder"', "")
JUDGES = 'principal == Office::"leader", action == Action::"review"'
OTHERS = JUDGES.replace("leader", "caseworker")
SECRET = "Hemmelig Vej 1"
MESSAGE = {"text": "Han er hjemme igen."}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


def _without_tovholder(here: Hall, policy: str, file: str) -> Mapping[str, Any]:
    """Give the rulebook with one policy that names the tovholder no longer."""
    text = _text(here, file)
    before, name, rest = text.partition(f'@id("{policy}")')
    assert OFFICES in rest
    changed = before + name + rest.replace(OFFICES, NO_TOVHOLDER, 1)
    return _with(here, **{file: changed})


def _with(here: Hall, **files: str) -> Mapping[str, Any]:
    """Give the rulebook with other policies in these files."""
    content: Any = here.rulebook.content
    policies = content["policies"]
    return {**content, "policies": {**policies, "files": {**policies["files"], **files}}}


def _text(here: Hall, file: str) -> str:
    content: Any = here.rulebook.content
    return str(content["policies"]["files"][file])


async def _generation(here: Hall) -> int:
    async with here.wiring.views.reading() as (_, generation):
        return generation


async def test_what_a_policy_takes_is_gone_at_the_next_request(here: Hall) -> None:
    """A page, a list and a feed hide it at once, and show it again once the policy is back.

    Of all others nothing changes, and the rows are the same as before.
    """
    case = await claimed(here)
    rows = await _generation(here)
    assert (await seen(here, "hanne", case))["intake"]["name"] == PSP.answers["name"]
    changed = _without_tovholder(here, "party-sees-own-case", "parties")
    await here.activate(changed)
    answer = await here.ask("hanne", "GET", f"/referrals/{case}")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    for path in ("/inbox", "/due", "/changes", "/tasks"):
        assert case not in (await here.ask("hanne", "GET", path)).text, path
    assert (await seen(here, "anna", case))["intake"]["name"] == PSP.answers["name"]
    await here.activate(here.rulebook.content)
    assert (await seen(here, "hanne", case))["intake"]["name"] == PSP.answers["name"]
    assert case in (await here.ask("hanne", "GET", "/inbox")).text
    assert await _generation(here) == rows


@pytest.mark.parametrize(
    ("policy", "what", "body"),
    [
        ("party-changes-case", "messages", MESSAGE),
        ("party-reveals-address", "address", {"reason": "Vi kører derud."}),
    ],
)
async def test_what_a_policy_forbids_is_refused_at_the_next_request(
    here: Hall, policy: str, what: str, body: object
) -> None:
    """Acts and the address door obey it at once, for the office that it names and no other."""
    case = await claimed(here, address=SECRET)
    await asked(here, "hanne", what, case, body)
    await here.activate(_without_tovholder(here, policy, "acts"))
    answer = await here.ask("hanne", "POST", f"/referrals/{case}/{what}", body)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert SECRET not in answer.text
    await asked(here, "anna", what, case, body)
    await here.activate(here.rulebook.content)
    await asked(here, "hanne", what, case, body)


async def test_glass_is_on_the_work_list_of_whom_the_policies_let_judge_it(here: Hall) -> None:
    """Which office that is stands in the policies alone; who has the case is told in any event."""
    case = await claimed(here)
    await asked(here, "lis", "broken-glass", case, {"reason": "Han er på vej op på broen."})
    assert await _told_of_glass(here) == {"hanne", "lis", "dpo"}
    others = _text(here, "emergency").replace(JUDGES, OTHERS, 1)
    await here.activate(_with(here, emergency=others))
    assert await _told_of_glass(here) == {"hanne", "carl", "dpo"}


async def _told_of_glass(here: Hall) -> set[str]:
    people = ("hanne", "lis", "carl", "dpo")
    return {person for person in people if "glass_review" in await kinds(here, person)}


async def test_who_is_shown_nothing_does_nothing_either(here: Hall) -> None:
    """Where the policies show an office nothing, its requests are answered like of no case (§8).

    Whatever version they name, and though the policies would let them act.
    """
    case, never = await claimed(here), uuid4()
    await here.activate(_without_tovholder(here, "party-sees-own-case", "parties"))
    for headers in ({}, {"If_Match": '"999"'}):
        answers = [
            await here.ask("hanne", "POST", f"/referrals/{each}/messages", MESSAGE, **headers)
            for each in (case, never)
        ]
        assert {(each.status_code, each.text) for each in answers} == {
            (HTTPStatus.NOT_FOUND, answers[0].text)
        }


async def test_a_policy_that_no_longer_names_an_office_ends_its_glass(here: Hall) -> None:
    """Broken glass lets nobody see what policies do not show in an emergency any more."""
    case = await claimed(here)
    await written(here, "hanne", case, "Fra den, der har sagen.")
    await asked(here, "lis", "broken-glass", case, {"reason": "Han er på vej op på broen."})
    await here.shown()
    assert (await seen(here, "lis", case))["intake"] != {}
    text = _text(here, "emergency")
    before, name, rest = text.partition('@id("emergency-sees")')
    nobody = before + name + rest.replace(OFFICES, OFFICES.replace('Office::"leader", ', ""), 1)
    await here.activate(_with(here, emergency=nobody))
    answer = await here.ask("lis", "GET", f"/referrals/{case}")
    assert answer.status_code == HTTPStatus.NOT_FOUND
