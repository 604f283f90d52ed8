"""Who is in a hall, and short stories told at its doors: begin, send, take on, let in."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx2

from shared.rulebook.content import Rulebook
from tests.access.hall import Hall, hall
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP, Way

LATELY = "2026-11-01"
ONE_IN_EACH_UNIT: Final = (
    ("anna", PSP.sender, "caseworker"),
    ("hanne", PSP.taker, "tovholder"),
    ("jette", PSP.further, "caseworker"),
    ("finn", INFOHUS.sender, "caseworker"),
    ("ib", INFOHUS.taker, "caseworker"),
    ("rita", INFOHUS.further, "caseworker"),
    ("kirsten", BANDEEXIT.sender, "caseworker"),
    ("erik", BANDEEXIT.taker, "caseworker"),
    ("olga", BANDEEXIT.further, "caseworker"),
)


@asynccontextmanager
async def one_in_each_unit(var: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with one person in each unit: who sends, who has the case, who is let in."""
    async with hall(var, rulebook) as here:
        for person, place, office in ONE_IN_EACH_UNIT:
            await here.appoint(person, place, office)
        yield here


async def asked(  # noqa: PLR0913 - each is a part of a request
    here: Hall, person: str, what: str, case: str, body: object = None, *, method: str = "POST"
) -> httpx2.Response:
    """Ask something of a referral that is granted; on a busy machine once more under its key."""
    path, key = f"/referrals/{case}/{what}", str(uuid4())
    answer = await here.ask(person, method, path, body, Idempotency_Key=key)
    if "not-caught-up" in answer.text:
        await here.shown()
        answer = await here.ask(person, method, path, body, Idempotency_Key=key)
    assert answer.is_success, answer.text
    return answer


async def sent(here: Hall, person: str, way: Way, **answers: str) -> str:
    """Begin a referral and send it; give its id once it was delivered."""
    body = {"programme": way.programme, "urgency": "hurtig", "intake": {**way.answers, **answers}}
    begun = await here.ask(person, "POST", "/referrals", body)
    assert begun.is_success, begun.text
    case = str(begun.json()["referral"])
    if way.basis == "samtykke":
        consent = {"scope": "Alt.", "receivers": ["oestjyllands-politi", "odder-kommune"]}
        consent |= {"form": "written", "given_on": LATELY}
        await asked(here, person, "consents", case, consent)
    sending = {"addressee": way.addressee, "basis": way.basis, "purpose": way.purpose}
    sending |= {"necessity": "Fordi det er nødvendigt.", "chosen_because": "Det er vores."}
    await asked(here, person, "sending", case, sending)
    await here.delivered(UUID(case))
    return case


async def taken_on(here: Hall, person: str, case: str) -> None:
    """Receive a referral and accept it."""
    await asked(here, person, "reception", case)
    await asked(here, person, "acceptance", case, method="PUT")


async def let_in(here: Hall, person: str, case: str, way: Way, **how: Any) -> None:  # noqa: ANN401 - of the body
    """Let the further unit of the way in."""
    if way.programme == "infohus":
        check = {"gate": "police_check", "result": "intet_til_hinder"}
        await asked(here, person, "gates", case, check)
    body = {"party": way.further, "basis": way.basis, "reason": "De kender ham.", **how}
    await asked(here, person, "parties", case, body)


async def written(here: Hall, person: str, case: str, text: str) -> None:
    """Write to the others."""
    await asked(here, person, "messages", case, {"text": text})


async def seen(here: Hall, person: str, case: str, **headers: str) -> Mapping[str, Any]:
    """Give what somebody sees of a referral at once, without waiting for anything."""
    answer = await here.ask(person, "GET", f"/referrals/{case}", **headers)
    assert answer.is_success, answer.text
    told: Mapping[str, Any] = answer.json()
    return told


async def fact_of(here: Hall, case: str, kind: str) -> str:
    """Give the id of the latest fact of a kind."""
    stored = await here.stream_of(UUID(case))
    return next(str(each.id) for each in reversed(stored) if each.type == f"referral.{kind}.v1")


def soon() -> str:
    """Give a moment that is yet to come."""
    return (datetime.now(UTC) + timedelta(days=2)).isoformat()
