"""An agency's own system asks for an officer whom it names, or for envelopes alone."""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.access.caller import MACHINES
from shared.rulebook.content import Rulebook
from tests.access.door import Door, door, problem

SSP, FAMILY, ODDER = "favrskov-ssp", "favrskov-familieafdeling", "odder-familieafdeling"
TILSYN = "favrskov-tilsyn"
SYSTEM, OTHER = "favrskov-fagsystem", "odder-fagsystem"
NO_OFFICE = ("no-office", 403)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Door]:
    """Give the door; two systems each serve a unit, and Anna works in one of these."""
    async with door(tmp_path, rulebook) as opened:
        await opened.holds(SYSTEM, (SSP, "system"))
        await opened.holds(OTHER, (ODDER, "system"))
        await opened.holds("anna", (SSP, "caseworker"))
        yield opened


async def test_a_system_that_names_nobody_is_itself(here: Door) -> None:
    """It acts in the office of a system, which the policies show envelopes alone."""
    me = (await here.knock_as_system(SYSTEM)).json()
    assert (me["actor"], me["on_behalf"]) == (here.code(SYSTEM), None)
    assert (me["unit"], me["office"], me["acts_as"]) == (SSP, "system", "system")


async def test_a_system_that_names_nobody_changes_nothing(here: Door) -> None:
    """Somebody answers for each change: a system may make it for an officer alone."""
    alone = await here.knock_as_system(SYSTEM, "/change")
    assert problem(alone) == ("names-nobody", 403)
    assert (await here.knock_as_system(SYSTEM, "/change", officer="anna")).is_success


async def test_a_system_acts_for_the_officer_whom_it_names(here: Door) -> None:
    """The officer acts, in an office of their own; the system is told beside."""
    me = (await here.knock_as_system(SYSTEM, officer="anna")).json()
    assert (me["actor"], me["on_behalf"]) == (here.code("anna"), here.code(SYSTEM))
    assert (me["subject"], me["identity"]) == ("anna", SYSTEM)
    assert (me["unit"], me["office"]) == (SSP, "caseworker")


async def test_whom_a_system_cannot_act_for_is_nobody(here: Door) -> None:
    """Another authority's officer, another unit's, and one who never was are answered alike."""
    await here.holds("gorm", (ODDER, "caseworker"))
    await here.holds("clara", (FAMILY, "caseworker"))
    await here.holds("dorte", (TILSYN, "dpo"))
    named = ("gorm", "clara", "dorte", "never-was", "", SYSTEM, OTHER)
    bodies = set()
    for officer, unit in product(named, (None, SSP, ODDER, FAMILY, TILSYN)):
        chosen = {} if unit is None else {"unit": unit}
        refused = await here.knock_as_system(SYSTEM, officer=officer, **chosen)
        assert problem(refused) == NO_OFFICE
        bodies.add(refused.content)
    assert len(bodies) == 1


async def test_an_officer_who_left_can_no_longer_be_named(here: Door) -> None:
    """The officer's office is asked for at every request, and so is the system's."""
    await here.ends("anna", SSP, "caseworker")
    assert problem(await here.knock_as_system(SYSTEM, officer="anna")) == NO_OFFICE
    await here.holds("anna", (SSP, "caseworker"))
    assert (await here.knock_as_system(SYSTEM, officer="anna")).is_success
    await here.ends(SYSTEM, SSP, "system")
    assert problem(await here.knock_as_system(SYSTEM, officer="anna")) == NO_OFFICE
    assert problem(await here.knock_as_system(SYSTEM)) == NO_OFFICE


async def test_an_officer_with_two_hats_is_named_with_one(here: Door) -> None:
    """What a person would have to say, the system says for them."""
    await here.holds("anna", (SSP, "leader"), (FAMILY, "leader"))
    silent = await here.knock_as_system(SYSTEM, officer="anna")
    assert problem(silent) == ("office-missing", 422)
    me = await here.knock_as_system(SYSTEM, officer="anna", office="leader")
    assert (me.json()["unit"], me.json()["office"]) == (SSP, "leader")
    await here.holds(SYSTEM, (FAMILY, "system"))
    assert problem(await here.knock_as_system(SYSTEM, officer="anna")) == ("unit-missing", 422)
    me = await here.knock_as_system(SYSTEM, officer="anna", unit=FAMILY)
    assert me.json()["office"] == "leader"


async def test_a_person_names_no_officer(here: Door) -> None:
    """A person acts as themselves, whomever they name, and never in the office of a system."""
    await here.holds("bo", (SSP, "leader"), (SSP, "system"))
    assert (await here.knock("bo")).json()["office"] == "leader"
    assert problem(await here.knock("bo", office="system")) == NO_OFFICE
    for officer in ("anna", "bo", "never-was", ""):
        assert problem(await here.knock("bo", officer=officer)) == NO_OFFICE


async def test_a_system_acts_in_no_office_of_a_person(here: Door) -> None:
    """Whatever office a system is given by mistake, it sees what a system may see."""
    await here.holds(SYSTEM, (SSP, "leader"))
    assert (await here.knock_as_system(SYSTEM)).json()["office"] == "system"
    assert problem(await here.knock_as_system(SYSTEM, office="leader")) == NO_OFFICE


@pytest.mark.parametrize("scope", sorted(MACHINES))
async def test_who_runs_the_platform_is_nobody_on_it(here: Door, scope: str) -> None:
    """A token with a scope of the platform opens nothing, whatever it holds or names."""
    await here.holds("driften", (SSP, "system"), (SSP, "leader"))
    for how in ({}, {"officer": "anna"}, {"unit": SSP, "office": "system"}):
        told = await here.knock_as_system("driften", scope=f"{scope} openid", **how)
        assert problem(told) == NO_OFFICE


async def test_a_request_for_one_officer_is_not_that_of_another(here: Door) -> None:
    """The same words under the same key are two requests where a system says them for two."""
    await here.holds("bo", (SSP, "caseworker"))
    asked = [
        (await here.knock_as_system(SYSTEM, "/change", officer=each)).json()["id"]
        for each in ("anna", "bo", "anna")
    ]
    asked.append((await here.knock("anna", "/change")).json()["id"])
    assert asked[0] == asked[2]
    assert len({*asked}) == 3


PLACES, OFFICES = (SSP, FAMILY, ODDER), ("caseworker", "leader", "system")
HELD = st.frozensets(st.tuples(st.sampled_from(PLACES), st.sampled_from(OFFICES)), max_size=5)
CHOSEN = st.fixed_dictionaries(
    {},
    optional={
        "unit": st.sampled_from(PLACES),
        "office": st.sampled_from(OFFICES),
        "officer": st.just("the person"),
    },
)


@given(HELD, HELD, CHOSEN)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_nobody_acts_beyond_what_both_hold(
    here: Door,
    systems: frozenset[tuple[str, str]],
    theirs: frozenset[tuple[str, str]],
    chosen: dict[str, str],
) -> None:
    """Whatever is held and chosen: a unit that the system serves, an office the officer holds."""
    client, person = f"client-{here.position}", f"person-{here.position}"
    names, how = "officer" in chosen, dict(chosen)
    if names:
        how["officer"] = person
    await here.holds(client, *sorted(systems))
    await here.holds(person, *sorted(theirs))
    answer = await here.knock_as_system(client, **how)
    if not answer.is_success:
        assert problem(answer)[0] in {"no-office", "unit-missing", "office-missing"}
        return
    me = answer.json()
    assert (me["unit"], "system") in systems
    assert (me["unit"], me["office"]) in (theirs if names else systems)
    assert (me["office"] == "system") is not names
    assert me["actor"] == here.code(person if names else client)
