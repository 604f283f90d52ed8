"""Where a reason is demanded nothing is done and nothing is shown before one is given."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from services.referrals.app import DOORS
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.labelled import models_in, named, routes_of
from tests.access.scenes import LATELY, asked, fact_of
from tests.access.work_lists import claimed, peopled
from tests.referrals.ways import PSP

ADDRESS = "Hemmelig Vej 1"
CASE = "POST /referrals/{referral_id}/"
NONE_GIVEN: Final[tuple[Mapping[str, str], ...]] = ({}, {"reason": ""}, {"reason": "   "})
Done = tuple[str, str, Mapping[str, object]]
"""Something that was asked for before: by whom, at which door, with which body."""


@dataclass(frozen=True)
class Wish:
    """Something that needs a reason: who asks, what else they say, and what was done before."""

    by: str
    body: Mapping[str, object]
    before: tuple[Done, ...] = ()
    reason: str = "Ellers sker der noget."


NAMED: Final = {"subject": "carl"}
LEAVING: Final[Mapping[str, object]] = {
    "basis": "fare-for-liv-eller-helbred",
    "receiver": "Vagthavende",
    "what": "At han er på vej op på broen.",
    "life_at_stake": True,
}
FURTHER: Final = {"party": PSP.further, "basis": PSP.basis}
WHY: Final = {"reason": "De kender ham."}
WISHES: Final[Mapping[str, Wish]] = {
    "broken-glass": Wish("lis", {}),
    "address": Wish("hanne", {}),
    "leavings": Wish("hanne", LEAVING),
    "leavings/{leaving}/refusal": Wish(
        "lis",
        {},
        (("hanne", "staff", {"subject": "lis"}), ("hanne", "leavings", {**LEAVING, **WHY})),
    ),
    "exclusions": Wish("lis", NAMED),
    "readmissions": Wish("lis", NAMED, (("lis", "exclusions", {**NAMED, **WHY}),)),
    "address-protection/end": Wish(
        "hanne",
        {},
        (("hanne", "address-protection", {"kind": "name_and_address", "since": LATELY}),),
    ),
    "parties": Wish("hanne", FURTHER),
    "leaving": Wish("jette", {}, (("hanne", "parties", {**FURTHER, **WHY}),)),
    "decline": Wish("hanne", {}, (("hanne", "reception", {}),), PSP.reason),
    "withdrawal": Wish("anna", {}),
    "error": Wish("anna", {}),
    "reopening": Wish(
        "hanne",
        {},
        (
            *(("hanne", "reception", {}), ("hanne", "acceptance", {})),
            ("hanne", "closing", {"outcome": PSP.outcome}),
        ),
    ),
}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


async def begun(here: Hall, wish: Wish) -> str:
    """Give a case that Hanne has, with what was done on it before."""
    case = await claimed(here, address=ADDRESS)
    for person, door, body in wish.before:
        method = "PUT" if door in {"address-protection", "acceptance"} else "POST"
        await asked(here, person, door, case, body or None, method=method)
    await here.shown()
    return case


@pytest.mark.parametrize("door", WISHES)
async def test_without_a_reason_nothing_comes_of_it(here: Hall, door: str) -> None:
    """Left out, empty or blank, it is refused: the case is as before, and nobody has seen it."""
    wish = WISHES[door]
    case = await begun(here, wish)
    aimed = await fact_of(here, case, "leaving-asked") if "{leaving}" in door else ""
    path = f"/referrals/{case}/{door.format(leaving=aimed)}"
    stored, reads = await here.stream_of(UUID(case)), here.wiring.reads.store
    head = await reads.head()
    for none_given in NONE_GIVEN:
        refused = await here.ask(wish.by, "POST", path, {**wish.body, **none_given})
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, (none_given, refused.text)
        assert ADDRESS not in refused.text
        assert await here.stream_of(UUID(case)) == stored, none_given
        assert await reads.head() == head, none_given
    done = await here.ask(wish.by, "POST", path, {**wish.body, "reason": wish.reason})
    assert done.is_success, "for nothing but the reason was it refused"
    assert len(await here.stream_of(UUID(case))) > len(stored) or ADDRESS in done.text


def bodies_of(dependant: Dependant) -> Iterator[type[BaseModel]]:
    """Give every model that the body of a request is made of."""
    for param in dependant.body_params:
        yield from models_in(param.field_info.annotation)
    for each in dependant.dependencies:
        yield from bodies_of(each)


def test_every_door_that_takes_a_reason_demands_one() -> None:
    """A new door fails the build until it is tried here, and one where it may be left out."""
    found = {
        named(route): body.model_fields["reason"]
        for route in routes_of(DOORS)
        for body in bodies_of(route.dependant)
        if "reason" in body.model_fields
    }
    assert {door.removeprefix(CASE) for door in found} == set(WISHES)
    assert [door for door, field in found.items() if not field.is_required()] == []
