"""No door shows anything before it is noted: there is no switch that would turn the log off."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2
import pytest
from fastapi.routing import APIRoute

from services.audit.app import DOORS as OF_AUDIT
from services.councils.app import DOORS as OF_COUNCILS
from services.referrals.app import DOORS as OF_REFERRALS
from shared.access.noting import noting
from shared.access.saying import asked, asked_by_anyone
from shared.reads.log import ReadLog
from shared.reads.reading import Outcome
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.labelled import named, routes_of
from tests.access.test_every_door import calls_of
from tests.access.work_lists import claimed, peopled, set_task
from tests.audit.readers import AUDITOR, OFFICER
from tests.audit.stage import Audit, audit
from tests.audit.test_proving import signed
from tests.councils import saying as say
from tests.councils.chamber import Chamber, chamber
from tests.reads.noted import noted
from tests.referrals import asking
from tests.referrals.ways import INFOHUS, PSP

ADDRESS = "Hemmelig Vej 1"
CONTROL: Final = {"Kredslob_Purpose": "data_protection"}
OF_NO_CASE: Final = {
    "PUT /rulebook": "answers the operator with the hash of the rules",
    "GET /rulebook": "who there is to send to, for anybody signed in",
    "POST /offices": "who holds which office, for the operator",
    "POST /offices/ending": "who holds which office, for the operator",
    "GET /offices": "who holds which office, for the operator and other services",
    "GET /offices/mine": "one's own offices, before one acts in any",
}
"""Doors that know of no case, each with what it answers: they note nothing."""


class Look(NamedTuple):
    """Who looks, at what, saying what."""

    who: str
    path: str
    body: object = None
    headers: Mapping[str, str] = {}


ABOUT = "/referrals/{case}"
OF_A_CASE: Final = {
    "GET /referrals/{referral_id}": Look("hanne", ABOUT),
    "POST /referrals/{referral_id}/address": Look(
        "hanne", f"{ABOUT}/address", {"reason": "Vi kører derud."}
    ),
    "POST /referrals/{referral_id}/sight": Look(
        "dpo", f"{ABOUT}/sight", {"subject": "hanne"}, CONTROL
    ),
    "GET /inbox": Look("hanne", "/inbox"),
    "GET /sent": Look("anna", "/sent"),
    "GET /due": Look("hanne", "/due"),
    "GET /changes": Look("hanne", "/changes"),
    "GET /tasks": Look("hanne", "/tasks"),
}
OF_A_DOCKET: Final = {
    "GET /forums/{forum}/docket": f"/forums/{say.PSP_ODDER}/docket",
    "GET /forums/{forum}/meetings": f"/forums/{say.PSP_ODDER}/meetings",
    "GET /items/{item}": "/items/{item}",
    "GET /meetings/{meeting}": "/meetings/{meeting}",
}
OF_THE_LEDGER: Final = {
    "GET /referrals/{referral_id}/replay": Look(AUDITOR, "/referrals/{case}/replay"),
    "GET /reads/mine": Look(OFFICER, "/reads/mine"),
    "GET /reads": Look(AUDITOR, "/reads"),
    "GET /reads/of/{referral_id}": Look(AUDITOR, "/reads/of/{case}"),
    "GET /reads/extract": Look(AUDITOR, "/reads/extract?referral={case}"),
    "GET /heads": Look(AUDITOR, "/heads"),
    "GET /proofs/inclusion": Look(AUDITOR, "/proofs/inclusion?entry=0&size={size}"),
    "GET /proofs/consistency": Look(AUDITOR, "/proofs/consistency?first={size}&second={size}"),
}
ROUTES = routes_of((*OF_REFERRALS, *OF_COUNCILS, *OF_AUDIT))


@pytest.mark.parametrize("route", ROUTES, ids=named)
def test_every_door_can_note(route: APIRoute) -> None:
    """Whoever adds a door adds its note, or says why it shows nothing of any case."""
    assert (noting in calls_of(route.dependant)) is (named(route) not in OF_NO_CASE)


def test_every_door_that_shows_is_looked_through_here() -> None:
    """A new one fails the build until it is seen that it notes what it shows."""
    shows = {
        named(route)
        for route in ROUTES
        if not {asked, asked_by_anyone} & set(calls_of(route.dependant))
    }
    assert shows - {*OF_NO_CASE} == {*OF_A_CASE, *OF_A_DOCKET, *OF_THE_LEDGER}


async def is_noted_first(
    reads: ReadLog, look: Callable[[], Awaitable[httpx2.Response]], *words: str
) -> None:
    """Demand one record of a look; and that without the log it is refused, and shows nothing."""
    before = len(await noted(reads))
    shown = await look()
    assert shown.is_success, shown.text
    (note,) = (await noted(reads))[before:]
    assert note.outcome is Outcome.SHOWN
    await reads.store.close()
    refused = await look()
    assert refused.status_code == HTTPStatus.SERVICE_UNAVAILABLE, refused.text
    told: dict[str, Any] = refused.json()
    assert told["type"] == "urn:kredslob:problem:reads-unwritable"
    assert set(told) == {"type", "title", "status", "en"}
    assert [word for word in words if word in refused.text] == []


@pytest.fixture
async def referrals(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give the doors of cases, with everybody of the stories about them."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


@pytest.fixture
async def councils(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Chamber]:
    """Give the doors of dockets, with Odder's tovholder."""
    async with chamber(tmp_path, rulebook) as running:
        await running.appoint("hanne", say.ODDER, "tovholder")
        yield running


@pytest.fixture
async def ledger(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Audit]:
    """Give the doors of the audit."""
    async with audit(tmp_path, rulebook) as running:
        yield running


@pytest.mark.parametrize("door", OF_A_CASE)
async def test_a_case_is_shown_once_it_is_noted(referrals: Hall, door: str) -> None:
    """A look, a list, an address, a question about sight: each is one record, and then shown."""
    case = await claimed(referrals, address=ADDRESS)
    await set_task(referrals, "hanne", case, "tovholder", days=1)
    await referrals.shown()
    look, method = OF_A_CASE[door], door.partition(" ")[0]
    words = (case, ADDRESS, str(PSP.answers["name"]), str(PSP.answers["concern"]))

    async def looked() -> httpx2.Response:
        path = look.path.format(case=case)
        return await referrals.ask(look.who, method, path, look.body, **look.headers)

    await is_noted_first(referrals.wiring.reads, looked, *words)


@pytest.mark.parametrize("door", OF_A_DOCKET)
async def test_a_docket_is_shown_once_it_is_noted(councils: Chamber, door: str) -> None:
    """A docket, an item of it, a meeting and the list of them: each is one record, then shown."""
    item, meeting = await councils.item(), await councils.meeting()
    path = OF_A_DOCKET[door].format(item=item, meeting=meeting)

    async def looked() -> httpx2.Response:
        return await councils.ask("hanne", "GET", path)

    await is_noted_first(councils.wiring.reads, looked, str(item), str(meeting))


@pytest.mark.parametrize("door", OF_THE_LEDGER)
async def test_the_ledger_is_shown_once_it_is_noted(ledger: Audit, door: str) -> None:
    """A replay, the log itself, an extract, heads and proofs: each is one record, then shown."""
    case = await ledger.begin(INFOHUS, asking.send(INFOHUS))
    size = await signed(ledger)
    look = OF_THE_LEDGER[door]

    async def looked() -> httpx2.Response:
        return await ledger.get(look.path.format(case=case, size=size), look.who)

    await is_noted_first(ledger.wiring.reads, looked, str(case))
