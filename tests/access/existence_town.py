"""A town with three referrals, and everybody for whom one of them is not there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from services.referrals.domain.safeguards.commands import ExcludeStaff, NameStaff
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall, hall
from tests.access.listening import listen
from tests.referrals.ways import BANDEEXIT, PSP, Way


@dataclass(frozen=True)
class Stranger:
    """Somebody for whom a referral is not there: who, what they say at the door, and which one."""

    token: str
    at: str
    headers: dict[str, str]
    changes: bool = True


HAT = {"Kredslob_Purpose": "handling"}
STRANGERS = (
    Stranger("outsider", "psp", HAT),
    Stranger("excluded", "psp", HAT),
    Stranger("never let in", "psp", HAT),
    Stranger("dpo elsewhere", "psp", {"Kredslob_Purpose": "insight"}, changes=False),
    Stranger("dpo at home", "draft", {"Kredslob_Purpose": "insight"}, changes=False),
    Stranger("auditor elsewhere", "psp", {"Kredslob_Purpose": "audit"}, changes=False),
    Stranger("system:elsewhere", "psp", HAT, changes=False),
    Stranger("unnamed", "bandeexit", HAT),
    Stranger("leader of sender", "bandeexit", HAT),
    Stranger("system:exit", "bandeexit", HAT, changes=False),
    Stranger("dpo elsewhere", "bandeexit", {"Kredslob_Purpose": "insight"}, changes=False),
)
OFFICES = {
    "anna": ("odder-ssp", "caseworker"),
    "hanne": ("oestjyllands-politi-psp-odder", "tovholder"),
    "lis": ("oestjyllands-politi-psp-odder", "leader"),
    "excluded": ("oestjyllands-politi-psp-odder", "caseworker"),
    "outsider": ("aarhus-ssp", "caseworker"),
    "never let in": ("region-syddanmark-psykiatri", "caseworker"),
    "dpo elsewhere": ("aarhus-tilsyn", "dpo"),
    "auditor elsewhere": ("randers-tilsyn", "auditor"),
    "dpo at home": ("odder-tilsyn", "dpo"),
    "dpo of holder": ("oestjyllands-politi-tilsyn", "dpo"),
    "system:elsewhere": ("aarhus-ssp", "system"),
    "system:exit": ("oestjyllands-politi-exit", "system"),
    "erik": ("oestjyllands-politi-exit", "caseworker"),
    "unnamed": ("oestjyllands-politi-exit", "caseworker"),
    "kirsten": ("kriminalforsorgen-oestjylland", "caseworker"),
    "leader of sender": ("kriminalforsorgen-oestjylland", "leader"),
}


@dataclass
class Town:
    """A hall with three referrals, in which every call is heard."""

    here: Hall
    cases: dict[str, str]


@asynccontextmanager
async def towned(var: Path, rulebook: Rulebook, patch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """Give a referral underway, a secret one, and a draft, each with people kept out of it."""
    async with hall(var, rulebook) as here:
        for person, (place, office) in OFFICES.items():
            await here.appoint(person, place, office)
        psp = await sent(here, "anna", PSP)
        await done(here, "hanne", "claim", psp)
        excluded = here.code("excluded")
        await here.act(
            *("lis", PSP.taker, "leader", UUID(psp), ExcludeStaff),
            person=excluded,
            reason="I familie med den unge.",
        )
        secret = await sent(here, "kirsten", BANDEEXIT)
        await done(here, "erik", "claim", secret)
        await here.act(
            *("leader of sender", BANDEEXIT.sender, "leader", UUID(secret), NameStaff),
            person=here.code("kirsten"),
        )
        draft = await drafted(here, "anna", PSP)
        await here.shown()
        listen(here, patch)
        yield Town(here, {"psp": psp, "bandeexit": secret, "draft": draft})


async def drafted(here: Hall, person: str, way: Way) -> str:
    """Begin a referral; give its id."""
    body = {"programme": way.programme, "urgency": "hurtig", "intake": dict(way.answers)}
    answer = await here.ask(person, "POST", "/referrals", body)
    return str(answer.json()["referral"])


async def sent(here: Hall, person: str, way: Way) -> str:
    """Begin a referral and send it; give its id once it was delivered."""
    case = await drafted(here, person, way)
    if way.basis == "samtykke":
        consent = {
            "scope": "Alt, hvad der skal til.",
            "receivers": ["oestjyllands-politi"],
            "form": "written",
            "given_on": "2026-11-01",
        }
        await done(here, person, "consents", case, consent)
    sending = {
        "addressee": way.addressee,
        "basis": way.basis,
        "purpose": way.purpose,
        "necessity": "Fordi det er nødvendigt.",
    }
    await done(here, person, "sending", case, sending)
    await here.delivered(UUID(case))
    return case


async def done(here: Hall, person: str, what: str, case: str, body: object = None) -> None:
    """Do something with a referral that is granted."""
    answer = await here.ask(person, "POST", f"/referrals/{case}/{what}", body)
    assert answer.is_success, answer.text
