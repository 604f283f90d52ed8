"""Sending a request again is safe: it has its effect once and its answer every time."""

import asyncio

from tests.doors.cases import DRAFT, delivered, drafted, received
from tests.doors.knocking import facts, knock, refused
from tests.doors.people import POLICE, SSP, SSP_COLLEAGUE, person
from tests.journeys.world import World


async def test_the_same_request_gets_the_same_answer(world: World) -> None:
    """The same key with the same body is answered alike each time, and happens once."""
    case, ssp = await delivered(world), person(world, SSP)
    path, body = f"/referrals/{case}/messages", {"text": "Én gang."}
    first, *again = [
        await knock(ssp, "POST", path, body, idempotency_key="a-message") for _ in range(3)
    ]
    assert first.status_code == 201
    assert {(each.status_code, each.text) for each in again} == {(201, first.text)}
    assert {each.headers["etag"] for each in again} == {first.headers["etag"]}
    told = [kind for stream, kind in await facts(world.platform) if case in stream]
    assert told.count("referral.message-written.v1") == 1


async def test_a_repeated_request_gets_its_old_answer(world: World) -> None:
    """What came in between does not change what a request was answered."""
    case, police = await received(world), person(world, POLICE)
    path = f"/referrals/{case}/acceptance"
    first = await knock(police, "PUT", path, idempotency_key="accepted")
    outcome = {"outcome": "samtale"}
    await police.post(f"/referrals/{case}/closing", outcome)
    again = await knock(police, "PUT", path, idempotency_key="accepted")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["etag"] == first.headers["etag"]


async def test_a_repeated_wish_is_told_what_can_be_done(world: World) -> None:
    """Asking anew for what has been done is a conflict that lists the moves there are."""
    case, police = await received(world), person(world, POLICE)
    await police.put(f"/referrals/{case}/acceptance")
    told = refused(await knock(police, "PUT", f"/referrals/{case}/acceptance"), NOT_NOW, 409)
    assert told["stage"] == "accepted"
    assert {"close", "let_in", "write"} <= set(told["allowed"])
    assert "accept" not in told["allowed"]


NOT_NOW = "not-possible-now"


async def test_ten_at_once_under_one_key_begin_one_referral(world: World) -> None:
    """However many copies of a request are under way at once, it happens once."""
    ssp, before = person(world, SSP), len(await facts(world.platform))
    await ssp.token()
    answers = await asyncio.gather(
        *(knock(ssp, "POST", "/referrals", DRAFT, idempotency_key="ten") for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {201}, [a.text for a in answers]
    assert len({answer.json()["referral"] for answer in answers}) == 1
    assert len(await facts(world.platform)) == before + 1


async def test_a_key_is_its_owners(world: World) -> None:
    """The same key of two colleagues, or for two referrals, names two requests."""
    ssp, colleague = person(world, SSP), person(world, SSP_COLLEAGUE)
    mine = await knock(ssp, "POST", "/referrals", DRAFT, idempotency_key="shared")
    theirs = await knock(colleague, "POST", "/referrals", DRAFT, idempotency_key="shared")
    assert mine.json()["referral"] != theirs.json()["referral"]
    for _ in range(2):
        case = await drafted(world)
        number = {"number": "2021-7"}
        path = f"/referrals/{case}/case-number"
        assert (await knock(ssp, "PUT", path, number, idempotency_key="number")).is_success


async def test_a_refused_request_may_be_mended_under_its_key(world: World) -> None:
    """A request that was refused has not happened: its key is still free."""
    ssp = person(world, SSP)
    wrong = {**DRAFT, "programme": "never-was"}
    no = await knock(ssp, "POST", "/referrals", wrong, idempotency_key="mended")
    refused(no, "unknown-programme", 422)
    assert (await knock(ssp, "POST", "/referrals", DRAFT, idempotency_key="mended")).is_success
