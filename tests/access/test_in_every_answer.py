"""What is said with every answer about a case: the marking, the policies, and a banner in need."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from services.audit.app import DOORS as OF_AUDIT
from services.councils.app import DOORS as OF_COUNCILS
from services.referrals.api.shown import PolicyShown
from services.referrals.app import DOORS as OF_REFERRALS
from shared.access.marking import Marking
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.labelled import models_in, named, routes_of
from tests.access.scenes import asked, sent
from tests.access.work_lists import WHY, claimed, peopled, set_task
from tests.reads.noted import noted
from tests.referrals.ways import BANDEEXIT, PSP

ADDRESS = "Hemmelig Vej 1"
NEVER = "må ikke anvendes til efterforskning"
CONTROL = {"Kredslob_Purpose": "data_protection"}
LISTS = {
    PSP.taker: ("/inbox", "/due", "/changes", "/tasks"),
    PSP.sender: ("/sent", "/changes"),
}
"""The lists on which a case stands, by the unit that looks."""
WORKS_IN = {"hanne": PSP.taker, "lis": PSP.taker, "anna": PSP.sender}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


async def answers(here: Hall, person: str, case: str) -> dict[str, Any]:
    """Give what every door that shows something of a case answers to somebody."""
    found = {"follow": (await here.see(person, f"/referrals/{case}")).json()}
    reason = {"reason": "Jeg skal ringe på."}
    found["address"] = (await asked(here, person, "address", case, reason)).json()
    for path in LISTS[WORKS_IN[person]]:
        page = (await here.see(person, path)).json()
        found[path] = {**page, **page["items"][0]}
    return found


@pytest.mark.parametrize("person", ["hanne", "anna"])
async def test_every_answer_is_marked(here: Hall, person: str) -> None:
    """Whatever rests on § 115 says wherever it is shown that no investigation may use it."""
    case = await waited_for(here)
    for door, answer in (await answers(here, person, case)).items():
        assert answer["marking"]["da"] == NEVER, door


@pytest.mark.parametrize("person", ["hanne", "anna"])
async def test_every_answer_names_the_policies(here: Hall, person: str) -> None:
    """Each is named with its sentence in two languages, in lists once for the page."""
    case = await waited_for(here)
    for door, answer in (await answers(here, person, case)).items():
        told = {each["id"]: each for each in answer["policies"]}
        assert "party-sees-own-case" in told, door
        assert all(each["da"] and each["en"] for each in told.values()), door


async def waited_for(here: Hall) -> str:
    """Give a case that stands on every list: Hanne has something to do, and owes an answer."""
    case = await claimed(here, address=ADDRESS)
    await set_task(here, "hanne", case, "tovholder", days=1)
    return case


async def test_what_a_change_or_an_oversight_is_told_is_marked_too(here: Hall) -> None:
    """Who changed such a case, and who asks what a colleague sees of it, are told so as well."""
    case, secret = await claimed(here), await sent(here, "kirsten", BANDEEXIT)
    for of, person, colleague, dpo, marking in (
        (case, "hanne", "hanne", "dpo", NEVER),
        (secret, "kirsten", "erik", "dpo", None),
    ):
        moved = await asked(here, person, "messages", of, {"text": "Er der nyt?"})
        await here.shown()
        about = {"subject": colleague}
        why = await here.ask(dpo, "POST", f"/referrals/{of}/sight", about, **CONTROL)
        assert why.is_success, why.text
        for answer in (moved.json(), why.json()):
            assert (answer["marking"] and answer["marking"]["da"]) == marking


async def test_through_broken_glass_every_answer_has_the_banner(here: Hall) -> None:
    """Who sees it in an emergency is told so at every door, and who works on it at none."""
    case = await claimed(here, address=ADDRESS)
    await asked(here, "lis", "broken-glass", case, WHY)
    for door, answer in (await answers(here, "lis", case)).items():
        assert answer["banner"]["da"].startswith("Nødadgang"), door
        assert "emergency-sees" in {each["id"] for each in answer["policies"]}, door
    for door, answer in (await answers(here, "hanne", case)).items():
        assert answer["banner"] is None, door


async def test_what_is_read_through_broken_glass_is_noted_as_that(here: Hall) -> None:
    """A list is looked through for one purpose, and one case of it seen for another: both stand."""
    first, broken = await claimed(here, address=ADDRESS), await claimed(here, address=ADDRESS)
    await asked(here, "lis", "broken-glass", broken, WHY)
    await here.see("lis", "/inbox")
    reading = (await noted(here.wiring.reads))[-1]
    assert (reading.kind, reading.purpose, reading.basis) == ("list", "handling", PSP.basis)
    own = {each: seen.purpose for seen in reading.objects for each in seen.ids}
    assert own == {f"referral:{first}": None, f"referral:{broken}": "emergency"}


async def test_an_office_that_is_refused_hears_by_which_policies(here: Hall) -> None:
    """That none permits it is said as well: by an empty list, and never what was hidden."""
    case = await claimed(here, address=ADDRESS)
    no = await here.ask("hanne", "POST", f"/referrals/{case}/sight", {"subject": "anna"})
    assert (no.status_code, no.json()["policies"]) == (403, [])


def of_a_case() -> Iterator[type[BaseModel]]:
    """Give every model in an answer that names a case, unless the answer is marked as a whole."""
    for route in routes_of((*OF_REFERRALS, *OF_COUNCILS, *OF_AUDIT)):
        left = [each for each in models_in(route.response_model) if not marked(each)]
        while left:
            model = left.pop()
            left += [each for f in model.model_fields.values() for each in models_in(f.annotation)]
            if "referral" in model.model_fields:
                yield model


def marked(model: type[BaseModel]) -> bool:
    """Say whether an answer always carries the marking."""
    marking = model.model_fields.get("marking")
    return marking is not None and marking.is_required()


def models_of(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Give a model with every model that it holds, however deep."""
    found, left = set[type[BaseModel]](), [model]
    while left:
        each = left.pop()
        if each not in found:
            found.add(each)
            left += [m for f in each.model_fields.values() for m in models_in(f.annotation)]
    return found


CASES = sorted(set(of_a_case()), key=lambda each: each.__name__)


@pytest.mark.parametrize("model", CASES, ids=lambda each: each.__name__)
def test_whatever_names_a_case_can_be_marked(model: type[BaseModel]) -> None:
    """A new answer about a case fails the build until it says what it may not be used for."""
    assert Marking in [*models_in(model.model_fields["marking"].annotation)]


NAMES_NO_POLICY = {
    "Moved": "what was asked is done or refused; a refusal names the policies itself",
    "Why": "it names them office by office, where they decided",
}
"""Answers that are marked and have no list of policies of their own, each with the reason."""
MARKED = {
    named(route): route.response_model
    for route in routes_of(OF_REFERRALS)
    if any(Marking in models_of(each) for each in models_in(route.response_model))
}


@pytest.mark.parametrize("door", MARKED)
def test_whatever_is_marked_names_its_policies(door: str) -> None:
    """A new answer about a case fails the build until it says which policies show or hide it."""
    (model,) = models_in(MARKED[door])
    if model.__name__ not in NAMES_NO_POLICY:
        assert PolicyShown in [*models_in(model.model_fields["policies"].annotation)]


def test_each_answer_that_names_no_policy_is_one() -> None:
    """An exception that is none any more fails the build as well."""
    left = {
        model.__name__
        for each in MARKED.values()
        for model in models_in(each)
        if "policies" not in model.model_fields
    }
    assert left == {*NAMES_NO_POLICY}
