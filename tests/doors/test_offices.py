"""Acting for a unit takes an office held at this very moment."""

from dataclasses import replace
from uuid import uuid4

from shared.api.tokens import ANSWERED_IN
from tests.doors.cases import DRAFT, INTAKE, delivered, drafted
from tests.doors.knocking import knock, nothing_written, refused
from tests.doors.people import (
    CARETAKER,
    FAMILY,
    FAVRSKOV,
    POLICE,
    POLICE_COLLEAGUE,
    POLICE_SYSTEM,
    SSP,
    STRANGER,
    TWO_HATS,
    WITHOUT_OFFICE,
    about,
    person,
    subject_of,
    system,
)
from tests.journeys.world import World


async def test_who_wears_two_hats_says_which(world: World) -> None:
    """Who holds offices in several units is asked for the unit, and sees what that one sees."""
    case, both = await drafted(world), person(world, TWO_HATS)
    refused(await knock(both, "GET", "/inbox", kredslob_unit=None), "unit-missing", 422)
    async with nothing_written(world.platform):
        answer = await knock(both, "POST", "/referrals", DRAFT, kredslob_unit=None)
        refused(answer, "unit-missing", 422)
    as_ssp, as_family = person(world, TWO_HATS, SSP), person(world, TWO_HATS, FAMILY)
    await as_ssp.get(f"/referrals/{case}")
    refused(await knock(as_family, "GET", f"/referrals/{case}"), "does-not-exist", 404)


async def test_who_holds_offices_in_one_unit_says_in_which_they_act(world: World) -> None:
    """With offices in one unit alone, two even, the unit goes without saying; the office does not.

    Each of the two is taken, a third is not, and nothing is done before it is said.
    """
    both = replace(person(world, POLICE_COLLEAGUE), office=None)
    silent = await knock(both, "GET", "/inbox", kredslob_unit=None)
    assert refused(silent, "office-missing", 422)["offices"] == ["caseworker", "stand_in"]
    async with nothing_written(world.platform):
        refused(await knock(both, "POST", "/referrals", DRAFT), "office-missing", 422)
        third = await knock(both, "POST", "/referrals", DRAFT, kredslob_office="tovholder")
        refused(third, "no-office", 403)
    for office in ("caseworker", "stand_in"):
        said = await knock(both, "GET", "/inbox", kredslob_unit=None, kredslob_office=office)
        assert said.status_code == 200


async def test_a_request_is_made_in_one_office(world: World) -> None:
    """The same words under the same key in another office are refused, and not done twice."""
    both, key = person(world, POLICE_COLLEAGUE), str(uuid4())
    once = await knock(both, "POST", "/referrals", DRAFT, idempotency_key=key)
    async with nothing_written(world.platform):
        again = await knock(both, "POST", "/referrals", DRAFT, idempotency_key=key)
        assert again.json() == once.json()
        other = {"idempotency_key": key, "kredslob_office": "stand_in"}
        refused(await knock(both, "POST", "/referrals", DRAFT, **other), "key-reused", 409)


async def test_a_system_asks_for_the_officer_whom_it_names(world: World) -> None:
    """What an agency's own system changes for an officer is recorded as the officer's act."""
    machine, officer = system(world), subject_of(FAVRSKOV)
    async with nothing_written(world.platform):
        alone = await knock(machine, "POST", "/referrals", DRAFT)
        refused(alone, "names-nobody", 403)
        for nobody in (subject_of(SSP), subject_of(WITHOUT_OFFICE), "never-was"):
            no = await knock(machine, "POST", "/referrals", DRAFT, kredslob_officer=nobody)
            refused(no, "no-office", 403)
        posing = await knock(person(world, SSP), "GET", "/inbox", kredslob_officer=officer)
        refused(posing, "no-office", 403)
    begun = await knock(machine, "POST", "/referrals", DRAFT, kredslob_officer=officer)
    assert begun.status_code == 201, begun.text
    case = begun.json()["referral"]
    heard = {"kredslob_wait_for": begun.headers[ANSWERED_IN]}
    seen = await knock(person(world, FAVRSKOV), "GET", f"/referrals/{case}", **heard)
    assert seen.json()["intake"] == INTAKE


async def test_a_system_opens_nothing_by_itself(world: World) -> None:
    """That a referral was opened says that a person has: read by a machine it is still unopened."""
    case, machine, sender = await delivered(world), system(world, POLICE_SYSTEM), person(world, SSP)

    async def opened() -> int:
        seen = (await sender.get(f"/referrals/{case}")).body
        return [step["type"] for step in seen["timeline"]].count("referral.opened.v1")

    assert (await knock(machine, "GET", f"/referrals/{case}")).status_code == 200
    assert await opened() == 0
    named = {"kredslob_officer": subject_of(POLICE)}
    read = await knock(machine, "GET", f"/referrals/{case}", **named)
    assert read.status_code == 200
    assert await opened() == 1


async def test_a_system_is_nobodys_colleague(world: World) -> None:
    """A referral is assigned to people: the system that serves the unit is none of them."""
    case = await delivered(world)
    body, path = {"subject": POLICE_SYSTEM}, f"/referrals/{case}/assignment"
    refused(await knock(person(world, POLICE), "POST", path, body), "not-a-colleague", 422)


async def test_an_office_in_a_forum_is_no_second_unit(world: World) -> None:
    """A coordinator acts for a unit; the office in the forum itself leaves no doubt about which."""
    operator, who = world.operator(), "oestjyllands-politi-psp-norddjurs"
    body = about(world.platform, who, "psp-norddjurs", "tovholder")
    given = await operator.post("/offices", body, service="councils")
    silent = await knock(
        person(world, who),
        "GET",
        "/inbox",
        kredslob_unit=None,
        kredslob_wait_for=given.headers[ANSWERED_IN],
    )
    assert silent.status_code == 200, silent.text


async def test_a_unit_one_does_not_work_in_is_refused(world: World) -> None:
    """Nobody acts for a unit that they hold no office in, nor for one that never was."""
    stranger = person(world, STRANGER)
    async with nothing_written(world.platform):
        for unit in (SSP, "psp-norddjurs", "never-was", ""):
            answer = await knock(stranger, "POST", "/referrals", DRAFT, kredslob_unit=unit)
            refused(answer, "no-office", 403)


async def test_an_office_counts_from_when_it_is_given_until_it_is_ended(world: World) -> None:
    """Giving and ending an office counts for the next request that has waited for the news."""
    operator, caretaker = world.operator(), person(world, CARETAKER)
    body = about(world.platform, CARETAKER, CARETAKER, "caseworker")
    refused(await knock(caretaker, "GET", "/inbox"), "no-office", 403)

    given = await operator.post("/offices", body, service="councils", expect=201)
    heard = {"kredslob_wait_for": given.headers[ANSWERED_IN]}
    assert (await knock(caretaker, "GET", "/inbox", **heard)).is_success
    begun = await knock(caretaker, "POST", "/referrals", DRAFT)
    case = begun.json()["referral"]

    ended = await operator.post("/offices/ending", body, service="councils")
    assert ended.body["waiting_for"] == []
    heard = {"kredslob_wait_for": ended.headers[ANSWERED_IN]}
    refused(await knock(caretaker, "GET", f"/referrals/{case}", **heard), "no-office", 403)
    async with nothing_written(world.platform):
        refused(await knock(caretaker, "POST", "/referrals", DRAFT), "no-office", 403)


async def test_only_an_operator_gives_offices(world: World) -> None:
    """Nobody gives themselves an office: that takes the operator's own machine."""
    body = about(world.platform, WITHOUT_OFFICE, SSP, "caseworker")
    async with nothing_written(world.platform, "councils"):
        for path in ("/offices", "/offices/ending"):
            answer = await knock(person(world, SSP), "POST", path, body, service="councils")
            refused(answer, "not-an-operator", 403)


async def test_an_office_that_the_rulebook_does_not_have_is_refused(world: World) -> None:
    """Which office there is in which unit stands in the rulebook; each person holds it once."""
    operator = world.operator()
    async with nothing_written(world.platform, "councils"):
        for who, place, office, path, slug, status in (
            (CARETAKER, CARETAKER, "auditor", "/offices", "office-not-for-place", 422),
            (CARETAKER, "never-was", "leader", "/offices", "office-not-for-place", 422),
            (SSP, SSP, "caseworker", "/offices", "office-already-held", 409),
            (SSP, SSP, "leader", "/offices/ending", "office-not-held", 409),
        ):
            body = about(world.platform, who, place, office)
            answer = await knock(
                operator, "POST", path, body, service="councils", idempotency_key=str(uuid4())
            )
            refused(answer, slug, status)
