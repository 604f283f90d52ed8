"""OpenAPI tells the whole truth: every refusal that a door answers stands in its description."""

from dataclasses import replace

import pytest

from tests.doors.cases import accepted, drafted
from tests.doors.described import LEFT_OUT, Doors
from tests.doors.knocking import NEVER, knock
from tests.doors.people import (
    OVERSIGHT,
    POLICE,
    POLICE_COLLEAGUE,
    SSP,
    STRANGER,
    TWO_HATS,
    WITHOUT_OFFICE,
    person,
    system,
)
from tests.doors.tokens import signed
from tests.journeys.world import Asking, World

ANYTHING = {
    "idempotency_key": (None, "two words"),
    "if_match": ('"99"', "nonsense"),
    "kredslob_wait_for": ("nonsense",),
    "kredslob_unit": (None, "never-was", "x" * 101),
    "kredslob_office": ("never-was", "x" * 101),
    "kredslob_officer": ("never-was", "x" * 256),
    "kredslob_purpose": (None, "audit", "efterforskning", "x" * 101),
    "authorization": (None, "Bearer x"),
}
BODIES = (b"{", b"[]", b"{}", b'{"never":1}', b"null", b"x" * (256 * 1024 + 1))
NONSENSE = "size=x&after=x&start=-1"


@pytest.mark.parametrize("service", ["referrals", "councils", "audit"])
async def test_whatever_is_wrong_is_described(world: World, doors: Doors, service: str) -> None:
    """Each door is asked wrongly in every way; the client of these tests holds it to its word."""
    people: list[Asking] = [person(world, who) for who in (SSP, TWO_HATS, WITHOUT_OFFICE)]
    undecided = replace(person(world, POLICE_COLLEAGUE), office=None)
    people += (undecided, system(world), person(world, OVERSIGHT), world.operator())
    ours = [door for door in doors.operations if door.service == service]
    for door in ours:
        path = door.path(NEVER)
        for who in people:
            await knock(who, door.method, path, door.body(), service=service)
        for name, values in ANYTHING.items():
            for value in values:
                told = {"if_match": '"1"', name: value}
                await knock(people[0], door.method, path, door.body(), service=service, **told)
        for body in BODIES if door.changes else ():
            fitting = people[-1] if "not-an-operator" in door.problems else people[0]
            await knock(fitting, door.method, path, body, service=service)
        await knock(
            people[0],
            door.method,
            f"{door.path(NEVER).partition('?')[0]}?{NONSENSE}",
            service=service,
        )
    provoked = {slug for (door, slug), _ in doors.seen.items() if door.startswith(service)}
    assert {"no-office", "foreign-token", "not-signed-in", "malformed-body"} <= provoked
    assert "office-missing" in provoked


async def test_every_move_at_every_stage_is_described(world: World, doors: Doors) -> None:
    """Parties who ask for every move, fitting or not, get answers that are described."""
    about_one = [d for d in doors.operations if d.service == "referrals" and "{ref" in d.template]
    last = ("/error", "/withdrawal", "/closing")
    moves = sorted((d for d in about_one if d.changes), key=lambda d: d.template.endswith(last))
    for case in (await drafted(world), await accepted(world)):
        for door in moves:
            for who in (SSP, POLICE, STRANGER, OVERSIGHT):
                answer = await knock(person(world, who), door.method, door.path(case), door.body())
                assert answer.status_code < 500, (door, answer.text)


async def test_a_new_signature_is_asked_for_as_described(world: World, doors: Doors) -> None:
    """Each door that takes a token describes what is wrong with one that does not count."""
    for door in doors.operations:
        bearer = f"Bearer {signed(world, claims={'aud': 'another'})}"
        path = door.path(NEVER)
        answer = await knock(
            person(world, SSP),
            door.method,
            path,
            door.body(),
            service=door.service,
            authorization=bearer,
        )
        assert answer.status_code == 401, door


async def test_what_a_change_takes_is_described(doors: Doors) -> None:
    """A body that a door needs is described as needed, and each has its words in OpenAPI."""
    for door in doors.operations:
        if "requestBody" in door.told:
            assert door.told["requestBody"].get("required") is True, door
        assert door.told["description"], door
        assert not {"HTTPValidationError", "ValidationError"} & set(door.schemas)


async def test_the_headers_that_count_are_described(doors: Doors) -> None:
    """Every change in referrals names key and version, every read what it waits for and why."""
    for door in doors.operations:
        if door.service == "referrals" and not door.template.startswith("/operations"):
            named = {each["name"] for each in door.told["parameters"] if each["in"] == "header"}
            wanted = {"Idempotency-Key", "If-Match"} if door.changes else {"Kredslob-Wait-For"}
            wanted |= {"Kredslob-Unit", "Kredslob-Office", "Kredslob-Officer"}
            wanted |= set() if door.changes else {"Kredslob-Purpose"}
            assert wanted <= named, door


async def test_what_is_left_out_is_left_out_still(doors: Doors) -> None:
    """The list of what OpenAPI leaves out holds nothing that has been mended."""
    told = {(str(door), slug) for door in doors.operations for slug in door.problems}
    assert not LEFT_OUT & told


async def test_an_address_that_is_not_there_is_a_problem_too(world: World) -> None:
    """Where there is no door, and where a door is used wrongly, the answer is a problem as well."""
    ssp = person(world, SSP)
    for method, path, slug, status in (
        ("GET", "/never", "no-such-door", 404),
        ("GET", "/referrals/", "no-such-door", 404),
        ("DELETE", f"/referrals/{NEVER}", "method-not-allowed", 405),
        ("PATCH", "/referrals", "method-not-allowed", 405),
        ("GET", "/docs", "no-such-door", 404),
    ):
        answer = await knock(ssp, method, path)
        assert answer.json()["type"] == f"urn:kredslob:problem:{slug}"
        assert answer.status_code == status
