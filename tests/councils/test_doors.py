"""What the doors of councils answer, over real HTTP with real tokens and a real bus."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from shared.rulebook.content import Rulebook
from tests.councils.saying import ODDER, PSP_ODDER, RANDERS
from tests.councils.stage import Councils, councils

TOVHOLDER, CASEWORKER, STRANGER = "hanne", "ivan", "ole"
NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).isoformat()
MEETINGS = f"/forums/{PSP_ODDER}/meetings"


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Councils]:
    """Give the running service with two officers of Odder's PSP unit and one of another."""
    async with councils(tmp_path, rulebook) as running:
        await running.appoint(TOVHOLDER, ODDER, "tovholder")
        await running.appoint(CASEWORKER, ODDER, "caseworker")
        await running.appoint(STRANGER, RANDERS, "tovholder")
        yield running


async def referred(here: Councils, *, screened: bool = True) -> tuple[UUID, str]:
    """Let a referral have been sent to Odder's committee, and give it with its item."""
    referral = uuid4()
    await here.happens("referral.sent.v1", referral, addressee=ODDER)
    item = await here.item_of(referral, who=TOVHOLDER)
    if screened:
        await here.done("POST", f"/items/{item}/screening", who=TOVHOLDER)
    return referral, item


async def convened(here: Councils) -> str:
    """Let Odder's committee have been called together, and give the meeting."""
    body = {"starts_at": NEXT_WEEK}
    return str((await here.done("POST", MEETINGS, who=TOVHOLDER, body=body))["meeting"])


async def test_a_referral_is_proposed_screened_and_taken_up(here: Councils) -> None:
    """A referral to a PSP committee appears as proposed; once screened, a convening takes it up."""
    referral, item = await referred(here, screened=False)
    found = await here.done("GET", f"/items/{item}", who=TOVHOLDER)
    assert (found["stage"], found["referral"]) == ("proposed", str(referral))
    moved = await here.done("POST", f"/items/{item}/screening", who=CASEWORKER)
    assert moved["moves"] == ["place", "join", "return"]
    meeting = await convened(here)
    placed = await here.stage_of(item, "placed", who=TOVHOLDER)
    assert (placed["meeting"], placed["late"]) == (meeting, False)
    agenda = await here.done("GET", f"/meetings/{meeting}", who=TOVHOLDER)
    assert [each["item"] for each in agenda["items"]] == [item]
    listed = await here.done("GET", MEETINGS, who=TOVHOLDER)
    assert [each["meeting"] for each in listed["items"]] == [meeting]


async def test_for_everybody_else_there_is_no_docket(here: Councils) -> None:
    """A stranger gets the same answer for an item, a meeting and a docket as for none at all."""
    _, item = await referred(here)
    meeting = await convened(here)
    await here.stage_of(item, "placed", who=TOVHOLDER)
    for path, none in [
        (f"/items/{item}", f"/items/{uuid4()}"),
        (f"/meetings/{meeting}", f"/meetings/{uuid4()}"),
        (f"/forums/{PSP_ODDER}/docket", "/forums/nowhere/docket"),
        (MEETINGS, "/forums/nowhere/meetings"),
    ]:
        strange = await here.ask("GET", path, who=STRANGER)
        never = await here.ask("GET", none, who=STRANGER)
        assert (strange.status_code, strange.content) == (404, never.content)
    for act, body in [
        ("screening", None),
        ("placement", {"meeting": meeting}),
        ("postponement", {"reason": "no_time"}),
        ("joining", {"leading": item}),
        ("return", {"reason": "another_forum"}),
    ]:
        strange = await here.ask("POST", f"/items/{item}/{act}", who=STRANGER, body=body)
        never = await here.ask("POST", f"/items/{uuid4()}/{act}", who=STRANGER, body=body)
        assert (strange.status_code, strange.content) == (404, never.content)
    sent = await here.ask("POST", f"/meetings/{meeting}/agenda", who=STRANGER)
    assert sent.status_code == 404


async def test_an_infohus_keeps_no_docket(here: Councils) -> None:
    """A referral to an infohus is on no docket, not even its own tovholder's."""
    intake = "oestjyllands-politi-infohus-randers"
    await here.appoint("erik", intake, "tovholder")
    await here.happens("referral.sent.v1", uuid4(), addressee=intake)
    await referred(here)
    path = "/forums/infohus-randers"
    assert (await here.ask("GET", f"{path}/docket", who="erik")).status_code == 404
    body = {"starts_at": NEXT_WEEK}
    refused = await here.ask("POST", f"{path}/meetings", who="erik", body=body)
    assert (refused.status_code, refused.json()["type"]) == (
        422,
        "urn:kredslob:problem:keeps-no-docket",
    )


async def test_after_the_agenda_only_the_tovholder_adds(here: Councils) -> None:
    """Once the agenda is out, a case worker's addition is refused and the tovholder's is late."""
    meeting = await convened(here)
    await here.done("POST", f"/meetings/{meeting}/agenda", who=CASEWORKER)
    again = await here.ask("POST", f"/meetings/{meeting}/agenda", who=TOVHOLDER)
    assert again.json()["type"] == "urn:kredslob:problem:agenda-already-sent"
    _, item = await referred(here)
    path, body = f"/items/{item}/placement", {"meeting": meeting}
    refused = await here.ask("POST", path, who=CASEWORKER, body=body)
    assert (refused.status_code, refused.json()["type"]) == (
        403,
        "urn:kredslob:problem:agenda-gone",
    )
    await here.done("POST", path, who=TOVHOLDER, body=body)
    placed = await here.done("GET", f"/items/{item}", who=TOVHOLDER)
    assert (placed["stage"], placed["late"]) == ("placed", True)


async def test_a_withdrawn_referral_is_struck_from_its_agenda(here: Councils) -> None:
    """A withdrawal strikes the item with the reason, and parts of it wait on their own again."""
    referral, item = await referred(here)
    _, part = await referred(here)
    meeting = await convened(here)
    await here.stage_of(part, "placed", who=TOVHOLDER)
    body = {"reason": "no_time"}
    await here.done("POST", f"/items/{part}/postponement", who=TOVHOLDER, body=body)
    body = {"leading": item}
    await here.done("POST", f"/items/{part}/joining", who=TOVHOLDER, body=body)
    await here.happens("referral.withdrawn.v1", referral, by="odder-familieafdeling")
    struck = await here.stage_of(item, "struck", who=TOVHOLDER)
    assert (struck["reason"], struck["meeting"]) == ("withdrawn", meeting)
    await here.stage_of(part, "waiting", who=TOVHOLDER)
    await here.happens("referral.resent.v1", referral)
    await here.happens("referral.sent.v1", referral, addressee=ODDER)
    await referred(here)
    assert item in [each["item"] for each in await here.docket(TOVHOLDER, left=True)]


async def test_what_the_police_took_over_is_struck_for_good(here: Councils) -> None:
    """After a takeover nobody brings the referral up again, whatever becomes of it elsewhere."""
    referral, item = await referred(here)
    await here.happens("referral.taken-over.v1", referral, by=ODDER, outcome="overtaget")
    struck = await here.stage_of(item, "struck", who=TOVHOLDER)
    assert struck["reason"] == "taken_over"
    await here.happens("referral.reopened.v1", referral)
    await referred(here)
    assert item in [each["item"] for each in await here.docket(TOVHOLDER, left=True)]


async def test_a_returned_referral_comes_back_with_its_item(here: Councils) -> None:
    """What the committee sent back is proposed again when the sender sends the referral again."""
    referral, item = await referred(here)
    body = {"reason": "more_to_find_out"}
    await here.done("POST", f"/items/{item}/return", who=TOVHOLDER, body=body)
    await here.happens("referral.resent.v1", referral)
    await here.stage_of(item, "proposed", who=TOVHOLDER)


async def test_a_reason_is_picked_from_what_is_shown(here: Councils) -> None:
    """Who picks a reason finds the list in the rules in force, and in the no to any other."""
    _, item = await referred(here)
    (psp,) = (await here.done("GET", "/rulebook", who=TOVHOLDER))["dockets"]
    picked = psp["return_reasons"][0]
    assert (psp["forum_kind"], set(picked)) == ("psp", {"id", "da", "en"})
    path = f"/items/{item}/return"
    refused = await here.ask("POST", path, who=TOVHOLDER, body={"reason": "made up"})
    told = refused.json()
    assert (refused.status_code, told["type"]) == (422, "urn:kredslob:problem:unknown-reason")
    assert told["reasons"] == [each["id"] for each in psp["return_reasons"]]
    await here.done("POST", path, who=TOVHOLDER, body={"reason": picked["id"]})
    (gone,) = await here.docket(TOVHOLDER, left=True)
    assert (gone["item"], gone["reason"]) == (item, picked["id"])


async def test_nobody_overwrites_what_they_have_not_seen(here: Councils) -> None:
    """A move with a stale If-Match is refused, one that was seen or repeated counts once."""
    _, item = await referred(here, screened=False)
    seen = (await here.ask("GET", f"/items/{item}", who=TOVHOLDER)).headers["ETag"]
    path, key = f"/items/{item}/screening", str(uuid4())
    first = await here.ask("POST", path, who=TOVHOLDER, key=key, If_Match=seen)
    again = await here.ask("POST", path, who=TOVHOLDER, key=key, If_Match=seen)
    assert (first.status_code, first.content) == (200, again.content)
    body = {"reason": "another_forum"}
    stale = await here.ask("POST", f"/items/{item}/return", who=TOVHOLDER, body=body, If_Match=seen)
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:kredslob:problem:out-of-date")


async def test_items_and_meetings_of_others_cannot_be_pointed_at(here: Councils) -> None:
    """Putting an item on another committee's meeting is like naming one that never was."""
    _, item = await referred(here)
    body = {"starts_at": NEXT_WEEK}
    theirs = await here.done("POST", "/forums/psp-randers/meetings", who=STRANGER, body=body)
    path = f"/items/{item}/placement"
    for meeting in (theirs["meeting"], str(uuid4())):
        refused = await here.ask("POST", path, who=TOVHOLDER, body={"meeting": meeting})
        assert refused.status_code == 404
    path = f"/items/{item}/joining"
    itself = await here.ask("POST", path, who=TOVHOLDER, body={"leading": item})
    assert itself.json()["type"] == "urn:kredslob:problem:joined-with-nobody"
    never = await here.ask("POST", path, who=TOVHOLDER, body={"leading": str(uuid4())})
    assert never.status_code == 404
