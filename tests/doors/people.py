"""Who knocks at the doors in these tests: made-up people, each with offices in units of the plan.

And two systems of agencies' own.

They sign in at the platform's own login, which is started with a file that names them.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import yaml

from shared.api.tokens import ANSWERED_IN, ASKED_IN
from shared.platform.activating import operate
from shared.platform.supervising import ROOT, Platform
from tests.journeys.world import HANDLING, Person, Program, World

SSP, SSP_COLLEAGUE = "norddjurs-ssp", "norddjurs-ssp-2"
FAMILY, OVERSIGHT = "norddjurs-familieafdeling", "norddjurs-tilsyn"
POLICE = "oestjyllands-politi-infohus-norddjurs"
POLICE_COLLEAGUE = "oestjyllands-politi-infohus-norddjurs-2"
MUNICIPAL, COMMITTEE = "norddjurs-infohus", "oestjyllands-politi-psp-norddjurs"
DPO = "norddjurs-tilsyn-2"
POLICE_OVERSIGHT, PREVENTION = "oestjyllands-politi-tilsyn", "oestjyllands-politi-forebyggelse"
STRANGER, STRANGE_OVERSIGHT = "samsoe-ssp", "samsoe-tilsyn"
PROBATION, EXIT = "kriminalforsorgen-oestjylland", "oestjyllands-politi-exit"
BUSY_SENDER, BUSY_HOLDER = "syddjurs-ssp", "oestjyllands-politi-infohus-syddjurs"
FAVRSKOV, CARETAKER = "favrskov-ssp", "aarhus-ssp"
SYSTEM, POLICE_SYSTEM = "favrskov-fagsystem", "opdigtet-fagsystem"
SYSTEMS = frozenset({SYSTEM, POLICE_SYSTEM})
TWO_HATS, WITHOUT_OFFICE = "to-hatte", "uden-hverv"
PURPOSES = {"auditor": "audit", "dpo": "insight"}
"""For what those look who oversee; everybody else handles cases."""

HOLD: dict[str, tuple[tuple[str, str], ...]] = {
    SSP: ((SSP, "caseworker"),),
    SSP_COLLEAGUE: ((SSP, "caseworker"),),
    FAMILY: ((FAMILY, "caseworker"),),
    OVERSIGHT: ((OVERSIGHT, "auditor"),),
    DPO: ((OVERSIGHT, "dpo"),),
    POLICE: ((POLICE, "tovholder"),),
    POLICE_COLLEAGUE: ((POLICE, "caseworker"), (POLICE, "stand_in")),
    MUNICIPAL: ((MUNICIPAL, "tovholder"),),
    COMMITTEE: ((COMMITTEE, "tovholder"),),
    POLICE_OVERSIGHT: ((POLICE_OVERSIGHT, "dpo"),),
    PREVENTION: ((PREVENTION, "caseworker"),),
    STRANGER: ((STRANGER, "caseworker"),),
    STRANGE_OVERSIGHT: ((STRANGE_OVERSIGHT, "auditor"),),
    PROBATION: ((PROBATION, "caseworker"),),
    EXIT: ((EXIT, "caseworker"),),
    BUSY_SENDER: ((BUSY_SENDER, "caseworker"),),
    BUSY_HOLDER: ((BUSY_HOLDER, "tovholder"),),
    FAVRSKOV: ((FAVRSKOV, "caseworker"),),
    SYSTEM: ((FAVRSKOV, "system"),),
    POLICE_SYSTEM: ((POLICE, "system"),),
    TWO_HATS: ((SSP, "caseworker"), (FAMILY, "leader")),
    CARETAKER: (),
    WITHOUT_OFFICE: (),
}
"""Everybody, with the offices held from the start: in which unit, and which."""


def person(world: World, who: str, unit: str | None = None, office: str | None = None) -> Person:
    """Give somebody, acting for the unit they are named for unless another is said.

    Who holds several offices there acts in the first unless another is said.
    """
    unit = unit or who.removesuffix("-2")
    held = [each for place, each in HOLD[who] if place == unit]
    office = office or (held[0] if len(held) > 1 else None)
    purpose = PURPOSES.get(held[0], HANDLING) if held else HANDLING
    return Person(world, subject_of(who), unit, purpose, office)


def system(world: World, who: str = SYSTEM) -> Program:
    """Give the system of an agency, which serves one unit."""
    return Program(world, subject=who, unit=HOLD[who][0][0])


def subject_of(who: str) -> str:
    """Give what tokens call somebody."""
    return who if who in SYSTEMS else f"opdigtet.{who}"


def written(file: Path) -> Path:
    """Write the file that the login is started with, and give it back."""
    known = yaml.safe_load((ROOT / "infra/devlogin/people.yaml").read_text("utf-8"))
    people = [
        {"who": who, "sub": subject_of(who), "name": "Opdigtet Person", "place": "Opdigtet"}
        for who in HOLD
        if who not in SYSTEMS
    ]
    clients = {**known["clients"], **{each: {"scope": ""} for each in SYSTEMS}}
    file.write_text(yaml.safe_dump({"people": people, "clients": clients}), "utf-8")
    return file


def about(platform: Platform, who: str, place: str, office: str) -> dict[str, str]:
    """Give what the operator says when an office is given or ended."""
    issuer = platform.running.issuer
    return {"issuer": issuer, "subject": subject_of(who), "place": place, "office": office}


def appoint(platform: Platform, who: Sequence[str]) -> str:
    """Give these people their offices, and the token of the last position reached."""
    url, reached = f"{platform.url('councils')}/offices", ""
    for each in who:
        for place, office in HOLD[each]:
            key, body = f"{each}-{place}-{office}", about(platform, each, place, office)
            reached = operate(platform, "POST", url, key, body).headers[ANSWERED_IN]
    return reached


async def settled(platform: Platform, reached: str) -> None:
    """Return when referrals and audit have heard of every office up to a position."""
    async with World(platform) as world:
        await world.eventually("referrals knows", partial(_in_referrals, world, reached))
        await world.eventually("audit knows", partial(_in_audit, world))


async def _in_referrals(world: World, reached: str) -> bool:
    clerk = person(world, BUSY_SENDER)
    named = {"Authorization": f"Bearer {await clerk.token()}", ASKED_IN: reached}
    url = f"{world.platform.url('referrals')}/inbox"
    return (await world.http.get(url, headers=named)).status_code == 200


async def _in_audit(world: World) -> bool:
    clerk = person(world, STRANGE_OVERSIGHT)
    named = {"Authorization": f"Bearer {await clerk.token()}"}
    never = "/referrals/00000000-0000-4000-8000-000000000000/replay"
    url = world.platform.url("audit") + never
    return (await world.http.get(url, headers=named)).status_code == 404
