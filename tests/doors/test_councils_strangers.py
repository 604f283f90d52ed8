"""Dockets, meetings and the history of a referral: there for their own, and for nobody else."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.doors.cases import FOR_THE_COMMITTEE, NECESSITY, TO_THE_COMMITTEE, accepted, draft
from tests.doors.described import Doors, Operation
from tests.doors.knocking import NEVER, Response, knock, nothing_written, refused
from tests.doors.people import (
    COMMITTEE,
    OVERSIGHT,
    POLICE,
    POLICE_OVERSIGHT,
    SSP,
    STRANGE_OVERSIGHT,
    STRANGER,
    person,
)
from tests.journeys.world import Person, World

DOCKET = "/forums/psp-norddjurs/docket?size=200"
MEETINGS = "/forums/psp-norddjurs/meetings"


async def _item_and_meeting(world: World) -> Mapping[str, str]:
    """Give an item that waits on the docket, and a meeting that was convened before it came."""
    ssp, committee = person(world, SSP), person(world, COMMITTEE)
    starts = {"starts_at": (world.clock.now() + timedelta(days=30)).isoformat()}
    met = await committee.post(MEETINGS, starts, service="councils")
    case = await draft(ssp, "psp", FOR_THE_COMMITTEE)
    await ssp.post(f"/referrals/{case}/sending", TO_THE_COMMITTEE)

    async def proposed() -> str | None:
        items = (await committee.get(DOCKET, service="councils")).body["items"]
        return next((each["item"] for each in items if each["referral"] == case), None)

    item = await world.eventually("it is proposed", proposed)
    return {"{item}": str(item), "{meeting}": str(met.body["meeting"])}


async def _asked(who: Person, door: Operation, ids: Mapping[str, str]) -> Response:
    path, body = door.template, door.body()
    for name, value in ids.items():
        path = path.replace(name, value)
    if isinstance(body, dict):
        own = {"meeting": ids["{meeting}"], "leading": ids["{item}"], "reason": NECESSITY}
        body |= {name: own[name] for name in own.keys() & body.keys()}
    seen = '"1"' if door.changes else None
    return await knock(who, door.method, path, body, service="councils", if_match=seen)


def _told(answer: Response) -> tuple[int, bytes, Mapping[str, str]]:
    kept = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, kept


@pytest.mark.parametrize("who", [STRANGER, SSP, POLICE, OVERSIGHT, POLICE_OVERSIGHT])
async def test_a_docket_is_its_committees(world: World, doors: Doors, who: str) -> None:
    """Only the unit that takes in what the committee gets sees an item or a meeting of it."""
    ids, stranger = await _item_and_meeting(world), person(world, who)
    never = dict.fromkeys(ids, NEVER)
    async with nothing_written(world.platform, "councils"):
        for door in doors.operations:
            if door.service == "councils" and any(name in door.template for name in ids):
                there = await _asked(stranger, door, ids)
                looks_only = door.changes and who in (OVERSIGHT, POLICE_OVERSIGHT)
                refused(there, *(("looks-only", 403) if looks_only else ("does-not-exist", 404)))
                assert _told(there) == _told(await _asked(stranger, door, never)), door
        for place in (DOCKET, MEETINGS):
            seen = await knock(stranger, "GET", place, service="councils")
            refused(seen, "does-not-exist", 404)
            nowhere = place.replace("psp-norddjurs", "nowhere")
            assert _told(seen) == _told(await knock(stranger, "GET", nowhere, service="councils"))


async def test_a_history_is_replayed_for_its_own_authorities(world: World) -> None:
    """An auditor replays what their authority took part in; all else is as if it never was."""
    case, never = await accepted(world), f"/referrals/{NEVER}/replay"
    path = f"/referrals/{case}/replay"

    async def entered() -> bool:
        answer = await knock(person(world, OVERSIGHT), "GET", path, service="audit")
        steps = answer.json().get("steps", [{}])
        return bool(steps[-1].get("type") == "referral.accepted.v1")

    await world.eventually("the ledger has it", entered)
    police = await knock(person(world, POLICE_OVERSIGHT), "GET", path, service="audit")
    assert police.json()["steps"][0]["type"] == "referral.sent.v1"
    stranger = person(world, STRANGE_OVERSIGHT)
    there = await knock(stranger, "GET", path, service="audit")
    assert _told(there) == _told(await knock(stranger, "GET", never, service="audit"))
    refused(there, "does-not-exist", 404)
    for who in (SSP, POLICE):
        for place in (path, never):
            no = await knock(person(world, who), "GET", place, service="audit")
            refused(no, "not-an-auditor", 403)
