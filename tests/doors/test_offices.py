"""Acting for a unit takes an office held at this very moment."""

from uuid import uuid4

from shared.api.tokens import ANSWERED_IN
from tests.doors.cases import DRAFT, drafted
from tests.doors.knocking import knock, nothing_written, refused
from tests.doors.people import (
    CARETAKER,
    FAMILY,
    SSP,
    STRANGER,
    TWO_HATS,
    WITHOUT_OFFICE,
    about,
    person,
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


async def test_who_holds_offices_in_one_unit_need_not_say_which(world: World) -> None:
    """With offices in one unit alone, two even, the unit goes without saying."""
    alone = await knock(person(world, "oestjyllands-politi-infohus-norddjurs-2"), "GET", "/inbox")
    silent = await knock(
        person(world, "oestjyllands-politi-infohus-norddjurs-2"),
        "GET",
        "/inbox",
        kredslob_unit=None,
    )
    assert alone.status_code == silent.status_code == 200


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
