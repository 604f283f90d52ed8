"""What somebody may not see is to them as what never was: in every call, answer and record."""

import asyncio
import copy
import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.referrals.app import DOORS
from shared.rulebook.content import Rulebook
from tests.access.existence_town import HAT, STRANGERS, Stranger, Town, done, sent, towned
from tests.access.labelled import named, routes_of
from tests.heard import listening
from tests.reads.noted import noted
from tests.referrals.ways import PSP

OF_ONE_REQUEST = frozenset({"traceparent", "date"})
"""Headers of one request alone."""
WORDS = {"reason": "Derfor nok en gang."}
CASE = "/referrals/{referral_id}"
SOME = "00000000-0000-0000-0000-000000000001"
COMMANDS: tuple[tuple[str, str, object], ...] = (
    ("PUT", "draft", {"urgency": "hurtig", "intake": {}}),
    (
        "POST",
        "consents",
        {"scope": "Det hele.", "receivers": ["odder-kommune"], "form": "written"}
        | {"given_on": "2026-11-01"},
    ),
    ("POST", "sending", {"basis": "x", "purpose": "y", "necessity": "Derfor.", "addressee": "z"}),
    ("POST", "reception", None),
    ("POST", "claim", None),
    ("PUT", "acceptance", None),
    ("POST", "decline", {"reason": "kan_loeses_alene"}),
    ("POST", "return", {"question": "Hvem er det?"}),
    ("POST", "resending", {"answer": "Det er ham."}),
    ("POST", "withdrawal", WORDS),
    ("POST", "closing", {"outcome": "samtale"}),
    ("POST", "reopening", WORDS),
    ("POST", "error", WORDS),
    ("POST", "parties", {"party": "odder-ssp", "basis": "samtykke", **WORDS}),
    ("POST", "gates", {"gate": "police_check", "result": "intet_til_hinder"}),
    ("POST", "messages", {"text": "Er der nogen?"}),
    ("PUT", "case-number", {"number": "2026-1"}),
    ("POST", "calls", {"whom": "Vagten", "called_at": "2026-11-01T10:00:00Z"}),
    ("POST", "dispatches", {"how": "letter", "sent_at": "2026-11-01T10:00:00Z"}),
    ("POST", f"consents/{SOME}/withdrawal", {"withdrawn_on": "2026-11-01"}),
    ("POST", "leaving", WORDS),
    ("POST", "broken-glass", WORDS),
    ("PUT", "address-protection", {"kind": "name_and_address", "since": "2026-11-01"}),
    ("POST", "address-protection/end", WORDS),
    (
        "POST",
        "leavings",
        {"basis": "underretning-om-barn", "receiver": "Kommunen", "what": "Navnet."}
        | {"life_at_stake": False, **WORDS},
    ),
    ("POST", f"leavings/{SOME}/approval", None),
    ("POST", f"leavings/{SOME}/refusal", WORDS),
    ("POST", "tasks", {"office": "leader", "what": "Ring op.", "due": "2030-01-01T10:00:00Z"}),
    ("POST", f"tasks/{SOME}/done", {}),
    ("POST", "receipts", {"receipt": "Kvittering 1", "received_at": "2026-11-01T10:00:00Z"}),
)
OF_COLLEAGUES: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("POST", "assignment", {}),
    ("POST", "staff", {}),
    ("POST", "exclusions", {**WORDS}),
    ("POST", "readmissions", {**WORDS}),
)
"""Where somebody in one's own unit is named: in these tests whoever asks."""
OF_OVERSIGHT: tuple[tuple[str, str, object], ...] = (
    ("POST", f"broken-glass/{SOME}/review", {"justified": True}),
    ("POST", f"tries/{SOME}/seen", {}),
)
LOOKS: tuple[tuple[str, str, object], ...] = (
    ("GET", "", None),
    ("POST", "/sight", {"subject": "anna"}),
    ("POST", "/address", {"reason": "Jeg skal vide det."}),
)


def test_every_door_of_a_referral_is_tried_here() -> None:
    """A new door fails the build until strangers have tried it."""
    doing = (*COMMANDS, *OF_COLLEAGUES, *OF_OVERSIGHT)
    tried = {f"{method} {CASE}/{path}" for method, path, _body in doing}
    tried |= {f"{method} {CASE}{path}" for method, path, _body in LOOKS}
    doors = {
        re.sub(r"{(?!referral_id)\w+}", SOME, named(route))
        for route in routes_of(DOORS)
        if route.path.startswith(CASE)
    }
    assert tried == doors


@pytest.fixture
async def town(
    tmp_path: Path, rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Town]:
    """Give the town, in which every call is heard."""
    async with towned(tmp_path, rulebook, monkeypatch) as made:
        yield made


def _told(answer: httpx2.Response, asked: str) -> tuple[object, ...]:
    """Give all of an answer but what is of this one request, with the id asked for left out."""
    headers = sorted(
        (name, value) for name, value in answer.headers.items() if name not in OF_ONE_REQUEST
    )
    return answer.status_code, headers, answer.text.replace(asked, "<id>")


async def _noted(town: Town) -> list[Any]:
    """Give every record of the read log, without when it was made."""
    return [each.model_dump(exclude={"at"}) for each in await noted(town.here.wiring.reads)]


Request = tuple[str, str, object]
"""The method, the path below the referral, and the body."""


async def _tried(
    town: Town, who: Stranger, what: Request, case: str
) -> tuple[list[str], tuple[object, ...], list[Any]]:
    """Ask about one id; give the calls that it made, the answer, and what was noted of it."""
    method, path, body = what
    before = len(await _noted(town))
    with listening() as calls:
        full = f"/referrals/{case}{path}"
        answer = await town.here.ask(who.token, method, full, body, **who.headers)
    return calls, _told(answer, case), (await _noted(town))[before:]


def _with(noted: list[Any], case: str) -> list[Any]:
    """Give records with another id in the place of the one asked for."""
    return [
        {**each, "objects": [{**o, "ids": ("referral:<id>",)} for o in each["objects"]]}
        for each in noted
        if all(o["ids"] == (f"referral:{case}",) for o in each["objects"])
    ]


async def _is_as_nothing(
    town: Town, who: Stranger, method: str, path: str, body: object = None
) -> tuple[object, ...]:
    """Ask of what is there and of what never was; refuse any difference, and give the answer."""
    there, never = town.cases[who.at], str(uuid4())
    what = (method, path, body)
    await _tried(town, who, what, str(uuid4()))  # the policies are warm from here on
    calls, told, noted = await _tried(town, who, what, there)
    calls_of_never, told_of_never, noted_of_never = await _tried(town, who, what, never)
    assert calls == calls_of_never, f"{who.token} {method} {path}"
    assert calls, "what nobody hears proves nothing"
    assert told == told_of_never, f"{who.token} {method} {path}"
    assert len(noted) == len(noted_of_never), f"{who.token} {method} {path}"
    assert _with(noted, there) == _with(noted_of_never, never)
    return told


@pytest.mark.parametrize("who", STRANGERS, ids=lambda who: f"{who.token} at {who.at}")
async def test_a_look_at_it_is_a_look_at_nothing(town: Town, who: Stranger) -> None:
    """Every door that shows something answers 404, by the same calls, with the same one record."""
    for method, path, body in LOOKS:
        told = await _is_as_nothing(town, who, method, path, body)
        assert path or told[0] == HTTPStatus.NOT_FOUND
        assert path or (await _noted(town))[-1]["outcome"] == "denied"


@pytest.mark.parametrize("who", STRANGERS, ids=lambda who: f"{who.token} at {who.at}")
async def test_whatever_is_asked_of_it_is_asked_of_nothing(town: Town, who: Stranger) -> None:
    """Every door that changes something answers alike, by the same calls, with the same record."""
    colleagues = tuple((m, p, {**b, "subject": who.token}) for m, p, b in OF_COLLEAGUES)
    told_its_number = {"staff"} if who.token == "leader of sender" else set()
    for method, path, body in (*COMMANDS, *colleagues):
        if path in told_its_number:
            continue  # the one thing that a leader may do by the number alone (test_staff.py)
        headers = {**who.headers, "If_Match": '"1"'} if path == "draft" else who.headers
        asker = Stranger(who.token, who.at, headers, who.changes)
        told = await _is_as_nothing(town, asker, method, f"/{path}", body)
        expected = HTTPStatus.NOT_FOUND if who.changes else HTTPStatus.FORBIDDEN
        assert told[0] == expected, f"{who.token} {method} {path} {told}"


async def test_who_judges_glass_elsewhere_learns_of_none(town: Town) -> None:
    """An officer for data protection of another authority is told of no glass and no try."""
    who = Stranger("dpo elsewhere", "psp", {"Kredslob_Purpose": "data_protection"})
    for method, path, body in OF_OVERSIGHT:
        told = await _is_as_nothing(town, who, method, f"/{path}", body)
        assert told[0] == HTTPStatus.NOT_FOUND


async def test_a_party_without_a_profile_does_nothing(town: Town) -> None:
    """Who by the newest rules sees nothing of a case acts in nothing: it is as what never was."""
    sender, body = Stranger("anna", "psp", HAT), {"text": "Er der nogen?"}
    await done(town.here, sender.token, "messages", town.cases[sender.at], body)
    content: Any = copy.deepcopy(town.here.rulebook.content)
    psp = content["programmes"]["psp"]
    psp["disclosure"] = [each for each in psp["disclosure"] if each["role"] != "sender"]
    await town.here.activate(content)
    told = await _is_as_nothing(town, sender, "POST", "/messages", body)
    assert told[0] == HTTPStatus.NOT_FOUND


async def test_lists_and_feeds_leave_no_gap(town: Town) -> None:
    """A page is as full for who is kept out of a referral as if it never was, and so is a feed."""
    further = [await sent(town.here, "anna", PSP) for _ in range(3)]
    inbox = await town.here.see("excluded", "/inbox?size=2")
    assert [each["referral"] for each in inbox.json()["items"]] == further[:0:-1]
    rest = await town.here.see("excluded", f"/inbox?size=2&after={inbox.json()['next']}")
    assert [each["referral"] for each in rest.json()["items"]] == further[:1]
    assert rest.json()["next"] is None
    with_it = (await town.here.see("hanne", "/inbox")).json()["items"]
    assert {each["referral"] for each in with_it} == {*further, town.cases["psp"]}
    first = (await town.here.see("excluded", "/changes?size=1")).json()
    assert [each["referral"] for each in first["items"]] == [further[0]]
    for path in ("/changes", "/due", "/tasks", "/sent"):
        assert town.cases["psp"] not in (await town.here.see("excluded", path)).text


async def test_what_follows_does_not_show_either(town: Town) -> None:
    """The ETag that somebody may see counts what they may see, and no metric knows a programme."""
    case = town.cases["psp"]
    before = (await town.here.see("anna", f"/referrals/{case}")).headers["ETag"]
    for person in ("hanne", "lis"):
        number = {"number": f"PSP-{person}"}
        answer = await town.here.ask(person, "PUT", f"/referrals/{case}/case-number", number)
        assert answer.status_code in {HTTPStatus.OK, HTTPStatus.FORBIDDEN}
    assert (await town.here.see("anna", f"/referrals/{case}")).headers["ETag"] == before
    metrics = (await town.here.ask("", "GET", "/metrics")).text
    for name in (*town.here.rulebook.programmes, *town.cases.values(), PSP.sender, PSP.taker):
        assert name not in metrics


async def test_the_owner_learns_who_tried_and_nobody_else_does(town: Town) -> None:
    """Whoever tries at what there is, is told of to its owner: once a day for each person."""
    case = town.cases["psp"]
    for _ in range(3):
        for person in ("outsider", "excluded"):
            answer = await town.here.ask(person, "GET", f"/referrals/{case}")
            assert answer.status_code == HTTPStatus.NOT_FOUND
            await town.here.ask(person, "GET", f"/referrals/{uuid4()}")
    tries = await _tries(town, "dpo of holder", at_least=2)
    assert [each["referral"] for each in tries] == [case, case]
    assert len(await _tries(town, "lis")) == 2
    for person in ("outsider", "excluded", "dpo elsewhere", "dpo at home", "anna"):
        assert not await _tries(town, person), person


async def _tries(town: Town, person: str, *, at_least: int = 0) -> list[Any]:
    """Give the tries on somebody's work list, once there are as many."""
    wished = {"Kredslob_Purpose": "data_protection" if "dpo" in person else "handling"}
    async with asyncio.timeout(30):
        while True:
            store = town.here.wiring.ground.store
            head = await store.head()
            items = (await town.here.see(person, "/tasks", **wished)).json()["items"]
            tries = [each for each in items if each["kind"] == "try_noticed"]
            if len(tries) >= at_least:
                return tries
            await store.wait(head)


async def test_a_colleague_off_the_case_reads_of_no_try(town: Town) -> None:
    """Tries stand on the timeline of who works on the case, and of nobody who sees its envelope."""
    case = town.cases["psp"]
    await town.here.ask("outsider", "GET", f"/referrals/{case}")
    await _tries(town, "lis", at_least=1)
    await town.here.shown()
    for person, told in (("hanne", True), ("lis", False)):
        seen = (await town.here.see(person, f"/referrals/{case}")).json()
        kinds = {step["type"] for step in seen["timeline"]}
        assert ("referral.try-noticed.v1" in kinds) is told, person
