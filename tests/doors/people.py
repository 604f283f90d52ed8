"""Who knocks at the doors in these tests: made-up people, each with offices in units of the plan.

They sign in at the platform's own login, which is started with a file that names them.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import yaml

from shared.api.tokens import ANSWERED_IN, ASKED_IN
from shared.platform.activating import operate
from shared.platform.supervising import ROOT, Platform
from tests.journeys.world import Person, World

SSP, SSP_COLLEAGUE = "norddjurs-ssp", "norddjurs-ssp-2"
FAMILY, OVERSIGHT = "norddjurs-familieafdeling", "norddjurs-tilsyn"
POLICE = "oestjyllands-politi-infohus-norddjurs"
POLICE_COLLEAGUE = "oestjyllands-politi-infohus-norddjurs-2"
MUNICIPAL, COMMITTEE = "norddjurs-infohus", "oestjyllands-politi-psp-norddjurs"
POLICE_OVERSIGHT, PREVENTION = "oestjyllands-politi-tilsyn", "oestjyllands-politi-forebyggelse"
STRANGER, STRANGE_OVERSIGHT = "samsoe-ssp", "samsoe-tilsyn"
PROBATION, EXIT = "kriminalforsorgen-oestjylland", "oestjyllands-politi-exit"
BUSY_SENDER, BUSY_HOLDER = "syddjurs-ssp", "oestjyllands-politi-infohus-syddjurs"
FAVRSKOV, CARETAKER = "favrskov-ssp", "aarhus-ssp"
TWO_HATS, WITHOUT_OFFICE = "to-hatte", "uden-hverv"

HOLD: dict[str, tuple[tuple[str, str], ...]] = {
    SSP: ((SSP, "caseworker"),),
    SSP_COLLEAGUE: ((SSP, "caseworker"),),
    FAMILY: ((FAMILY, "caseworker"),),
    OVERSIGHT: ((OVERSIGHT, "auditor"),),
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
    TWO_HATS: ((SSP, "caseworker"), (FAMILY, "leader")),
    CARETAKER: (),
    WITHOUT_OFFICE: (),
}
"""Everybody, with the offices held from the start: in which unit, and which."""


def person(world: World, who: str, unit: str | None = None) -> Person:
    """Give somebody, acting for the unit they are named for unless another is said."""
    return Person(world, subject=subject_of(who), unit=unit or who.removesuffix("-2"))


def subject_of(who: str) -> str:
    """Give what tokens call somebody."""
    return f"opdigtet.{who}"


def written(file: Path) -> Path:
    """Write the file that the login is started with, and give it back."""
    known = yaml.safe_load((ROOT / "infra/devlogin/people.yaml").read_text("utf-8"))
    people = [
        {"who": who, "sub": subject_of(who), "name": "Opdigtet Person", "place": "Opdigtet"}
        for who in HOLD
    ]
    file.write_text(yaml.safe_dump({**known, "people": people}), "utf-8")
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
