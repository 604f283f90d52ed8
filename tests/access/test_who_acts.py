"""An officer acts for one unit and in one office at a time, as held at this very moment."""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest

from shared.access.asking_councils import AskingCouncils
from shared.access.machine_token import MachineToken
from shared.rulebook.content import Rulebook
from tests.access.door import Door, door, problem

SSP, FAMILY, TILSYN = "favrskov-ssp", "favrskov-familieafdeling", "favrskov-tilsyn"
PSP = "oestjyllands-politi-psp-odder"
NO_OFFICE = ("no-office", 403)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Door]:
    """Give the door."""
    async with door(tmp_path, rulebook) as opened:
        yield opened


async def test_one_office_in_one_unit_goes_without_saying(here: Door) -> None:
    """Who holds a single office acts in it; the unit brings its kind and its own territory."""
    await here.holds("anna", (SSP, "caseworker"))
    me = (await here.knock("anna")).json()
    assert (me["actor"], me["subject"], me["on_behalf"]) == (here.code("anna"), "anna", None)
    assert (me["unit"], me["office"], me["acts_as"]) == (SSP, "caseworker", "caseworker")
    assert (me["authority"], me["regime"], me["kind"]) == ("favrskov-kommune", "gdpr", "ssp")
    district = here.wiring.rulebooks.at(here.wiring.clock.now()).district
    assert tuple(me["territory"]) == district.unit_by_id[SSP].territory != ()


async def test_of_two_hats_one_is_worn(here: Door) -> None:
    """With several offices in the unit one is chosen; without a choice the answer names them."""
    await here.holds("anna", (PSP, "tovholder"), (PSP, "leader"))
    silent = await here.knock("anna")
    assert problem(silent) == ("office-missing", 422)
    assert silent.json()["offices"] == ["leader", "tovholder"]
    for office in ("leader", "tovholder"):
        assert (await here.knock("anna", office=office)).json()["office"] == office


async def test_the_unit_is_chosen_before_the_office(here: Door) -> None:
    """An office held in another unit counts for nothing in this one."""
    await here.holds("anna", (SSP, "caseworker"), (FAMILY, "leader"))
    assert problem(await here.knock("anna")) == ("unit-missing", 422)
    assert problem(await here.knock("anna", office="leader")) == ("unit-missing", 422)
    assert (await here.knock("anna", unit=FAMILY)).json()["office"] == "leader"
    assert problem(await here.knock("anna", unit=SSP, office="leader")) == NO_OFFICE


async def test_what_is_not_held_cannot_be_chosen(here: Door) -> None:
    """A unit or office that one does not hold is refused, whether it exists or not."""
    await here.holds("anna", (SSP, "caseworker"), ("psp-odder", "tovholder"))
    for unit, office in product((SSP, FAMILY, "psp-odder", "never-was", ""), ("leader", "x", "")):
        assert problem(await here.knock("anna", unit=unit, office=office)) == NO_OFFICE
    assert problem(await here.knock("bo")) == NO_OFFICE
    assert problem(await here.knock("bo", unit=SSP, office="caseworker")) == NO_OFFICE


async def test_an_office_that_ended_is_not_worn(here: Door) -> None:
    """The next request after the end of one of two offices is made in the other."""
    await here.holds("anna", (PSP, "tovholder"), (PSP, "leader"))
    await here.ends("anna", PSP, "tovholder")
    assert (await here.knock("anna")).json()["office"] == "leader"
    assert problem(await here.knock("anna", office="tovholder")) == NO_OFFICE


async def test_a_stand_in_counts_as_the_one_stood_in_for(here: Door) -> None:
    """A stand-in acts as the tovholder (plan §18), and is recorded as the person they are."""
    await here.holds("ivan", (PSP, "stand_in"))
    await here.holds("hanne", (PSP, "tovholder"))
    ivan, hanne = (await here.knock("ivan")).json(), (await here.knock("hanne")).json()
    assert (ivan["office"], ivan["acts_as"]) == ("stand_in", "tovholder")
    assert (hanne["office"], hanne["acts_as"]) == ("tovholder", "tovholder")
    assert ivan["actor"] == here.code("ivan") != hanne["actor"]


async def test_who_oversees_in_one_office_changes_nothing_in_it(here: Door) -> None:
    """Looking only follows from the office acted in, not from what else one holds."""
    await here.holds("dorte", (TILSYN, "auditor"), (TILSYN, "dpo"), (SSP, "caseworker"))
    for office in ("auditor", "dpo"):
        refused = await here.knock("dorte", "/change", unit=TILSYN, office=office)
        assert problem(refused) == ("looks-only", 403)
    assert (await here.knock("dorte", "/change", unit=SSP)).is_success


async def test_a_change_is_made_in_one_office(here: Door) -> None:
    """Repeated in another office a request is told from the first: same id, another fingerprint.

    So it is refused as a reused key, and neither done twice nor passed off as the other.
    """
    await here.holds("anna", (PSP, "tovholder"), (PSP, "leader"))
    one = (await here.knock("anna", "/change", office="leader")).json()
    assert (await here.knock("anna", "/change", office="leader")).json() == one
    other = (await here.knock("anna", "/change", office="tovholder")).json()
    assert other["id"] == one["id"]
    assert other["mac"] != one["mac"]


async def test_a_further_office_changes_no_request_already_made(here: Door) -> None:
    """Who repeats a request and has been given a second hat meanwhile gets the same answer."""
    await here.holds("anna", (PSP, "leader"))
    one = (await here.knock("anna", "/change")).json()
    await here.holds("anna", (PSP, "tovholder"))
    assert (await here.knock("anna", "/change", office="leader")).json() == one


@pytest.mark.parametrize(
    ("heard_ago", "url", "expected"),
    [(3.5, None, 3.5), (90.0, None, 90.0), (90.0, "http://127.0.0.1:1", 90.0), (None, None, None)],
)
async def test_a_caller_says_how_old_the_view_is(
    here: Door, heard_ago: float | None, url: str | None, expected: float | None
) -> None:
    """Where the own view counts its age is told, councils asked in vain or not asked at all."""
    await here.holds("anna", (SSP, "caseworker"))
    assert (await here.knock("anna")).json()["view_age"] == 0.0
    age = float("inf") if heard_ago is None else heard_ago
    token = MachineToken(here.http, "http://127.0.0.1:1", "nobody", lambda: "")
    councils = AskingCouncils(here.http, url, token, lambda: age, silent_after=60.0)
    here.wiring.councils = councils
    me = await here.knock("anna")
    assert me.json()["view_age"] == expected
