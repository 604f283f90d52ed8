"""What a change must bring along: a key of its own, and where it edits, the version it saw."""

import pytest

from tests.doors.cases import DRAFT, INTAKE, delivered, drafted
from tests.doors.described import Doors
from tests.doors.knocking import NEVER, knock, nothing_written, refused
from tests.doors.people import SSP, person
from tests.journeys.world import World

EDIT = {"urgency": "akut", "intake": INTAKE}


async def test_every_change_wants_a_key(world: World, doors: Doors) -> None:
    """A change without an Idempotency-Key is refused, at every door that takes changes."""
    changes = [d for d in doors.operations if d.service == "referrals" and d.changes]
    for door in changes:
        if door.template.startswith("/operations"):
            continue
        path = door.path(NEVER)
        async with nothing_written(world.platform):
            answer = await knock(
                person(world, SSP),
                door.method,
                path,
                door.body(),
                idempotency_key=None,
                if_match='"1"',
            )
        refused(answer, "idempotency-key-missing", 400)


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "\x7f"])
async def test_a_key_is_one_short_visible_text(world: World, key: str) -> None:
    """A key is 1 to 255 visible ASCII characters."""
    async with nothing_written(world.platform):
        answer = await knock(person(world, SSP), "POST", "/referrals", DRAFT, idempotency_key=key)
    refused(answer, "idempotency-key-malformed", 400)


async def test_a_key_counts_for_one_request(world: World) -> None:
    """The key of a request that was answered is not taken for another body."""
    ssp = person(world, SSP)
    first = await knock(ssp, "POST", "/referrals", DRAFT, idempotency_key="once")
    assert first.status_code == 201
    async with nothing_written(world.platform):
        other = {**DRAFT, "urgency": "akut"}
        answer = await knock(ssp, "POST", "/referrals", other, idempotency_key="once")
    refused(answer, "key-reused", 409)


async def test_an_edit_says_what_it_saw(world: World) -> None:
    """An edit without an If-Match that can be read is asked for one."""
    case, ssp = await drafted(world), person(world, SSP)
    for seen in (None, "", "1", "nonsense", '"1', '"1" "2"'):
        async with nothing_written(world.platform):
            answer = await knock(ssp, "PUT", f"/referrals/{case}/draft", EDIT, if_match=seen)
        refused(answer, "precondition-missing", 428)


async def test_an_edit_of_what_has_changed_is_refused(world: World) -> None:
    """Nobody overwrites what they have not seen: the If-Match must name the version that stands."""
    case, ssp = await drafted(world), person(world, SSP)
    await ssp.put(f"/referrals/{case}/draft", EDIT, etag='"1"')
    for stale in ('"1"', 'W/"2"', '"3"', '"x"'):
        async with nothing_written(world.platform):
            answer = await knock(ssp, "PUT", f"/referrals/{case}/draft", EDIT, if_match=stale)
        refused(answer, "out-of-date", 412)
    assert (await knock(ssp, "PUT", f"/referrals/{case}/draft", EDIT, if_match="*")).is_success


async def test_every_change_minds_an_if_match(world: World) -> None:
    """Whoever names the version they saw is refused where another stands, whatever they ask for."""
    case, ssp = await delivered(world), person(world, SSP)
    async with nothing_written(world.platform):
        answer = await knock(
            ssp, "POST", f"/referrals/{case}/messages", {"text": "Hej."}, if_match='"1"'
        )
        refused(answer, "out-of-date", 412)
        answer = await knock(
            ssp, "POST", f"/referrals/{case}/messages", {"text": "Hej."}, if_match="1"
        )
        refused(answer, "precondition-missing", 428)


@pytest.mark.parametrize("name", ["x", "1", "0" * 32 + "0", "%20", "..", "referral-" + NEVER])
async def test_what_is_no_id_names_nothing(world: World, name: str) -> None:
    """A path that holds no id is answered like an id that never was."""
    ssp = person(world, SSP)
    strange = await knock(ssp, "GET", f"/referrals/{name}")
    never = await knock(ssp, "GET", f"/referrals/{NEVER}")
    if name == "..":
        refused(strange, "no-such-door", 404)
    else:
        assert strange.json() == refused(never, "does-not-exist", 404)
    async with nothing_written(world.platform):
        moved = await knock(ssp, "POST", f"/referrals/{name}/claim")
    assert moved.status_code == 404
