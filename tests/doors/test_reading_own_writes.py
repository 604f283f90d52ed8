"""Whoever waits for what was written reads it: here, and in the services that hear of it."""

from shared.api.tokens import ANSWERED_IN
from tests.doors.cases import FOR_THE_COMMITTEE, TO_THE_COMMITTEE, delivered, draft
from tests.doors.knocking import knock, refused
from tests.doors.people import COMMITTEE, SSP, person
from tests.journeys.world import World


async def test_a_read_that_waits_shows_what_was_written(world: World) -> None:
    """A read with the position of a change shows that change, every time."""
    case, ssp = await delivered(world), person(world, SSP)
    for number in range(10):
        path = f"/referrals/{case}/messages"
        wrote = await knock(ssp, "POST", path, {"text": f"Besked {number}"})
        token = wrote.headers[ANSWERED_IN]
        seen = await knock(ssp, "GET", f"/referrals/{case}", kredslob_wait_for=token)
        assert seen.headers["etag"] == wrote.headers["etag"]
        assert seen.json()["timeline"][-1]["said"]["text"] == f"Besked {number}"
        feed = await knock(ssp, "GET", "/changes?size=200", kredslob_wait_for=token)
        assert feed.is_success


async def test_a_repeated_change_names_the_same_position(world: World) -> None:
    """The answer to a repeated change can be waited for like the first one."""
    case, ssp = await delivered(world), person(world, SSP)
    path = f"/referrals/{case}/messages"
    for _ in range(2):
        wrote = await knock(ssp, "POST", path, {"text": "Hej."}, idempotency_key="position")
        token = wrote.headers[ANSWERED_IN]
        seen = await knock(ssp, "GET", f"/referrals/{case}", kredslob_wait_for=token)
        assert seen.headers["etag"] == wrote.headers["etag"]


async def test_positions_tell_nothing(world: World) -> None:
    """A position is opaque: the same one is never told twice in the same words."""
    case, ssp = await delivered(world), person(world, SSP)
    path = f"/referrals/{case}/messages"
    told = [
        (await knock(ssp, "POST", path, {"text": "Hej."}, idempotency_key="opaque")).headers[
            ANSWERED_IN
        ]
        for _ in range(2)
    ]
    assert told[0] != told[1]
    assert len(told[0]) == len(told[1])


async def test_the_docket_shows_what_was_sent_to_the_committee(world: World) -> None:
    """A position of referrals can be waited for in councils: the item is on the docket then."""
    ssp, committee = person(world, SSP), person(world, COMMITTEE)
    for _ in range(3):
        case = await draft(ssp, "psp", FOR_THE_COMMITTEE)
        sent = await knock(ssp, "POST", f"/referrals/{case}/sending", TO_THE_COMMITTEE)
        docket = await knock(
            committee,
            "GET",
            "/forums/psp-norddjurs/docket?size=200",
            service="councils",
            kredslob_wait_for=sent.headers[ANSWERED_IN],
        )
        items = {each["referral"]: each["stage"] for each in docket.json()["items"]}
        assert items[case] == "proposed"


async def test_a_position_that_nobody_gave_out_is_refused(world: World) -> None:
    """What is no position, or was changed on the way, is refused and not waited for."""
    case, ssp = await delivered(world), person(world, SSP)
    wrote = await knock(ssp, "POST", f"/referrals/{case}/messages", {"text": "Hej."})
    token = wrote.headers[ANSWERED_IN]
    for made_up in ("", "x", "12", token[:-4], "A" + token[1:] if token[0] != "A" else "B"):
        for place in ("/inbox", f"/referrals/{case}"):
            answer = await knock(ssp, "GET", place, kredslob_wait_for=made_up)
            refused(answer, "position-not-valid", 422)
