"""Everybody is given the office in which they act."""

from functools import partial

from tests.journeys.scenes.telling import NEVER, expect
from tests.journeys.world import Person, World

OFFICES = {
    "favrskov-ssp": "caseworker",
    "favrskov-ssp-2": "caseworker",
    "favrskov-tilsyn": "auditor",
    "oestjyllands-politi-infohus-randers": "tovholder",
    "randers-infohus": "tovholder",
    "odder-familieafdeling": "caseworker",
    "oestjyllands-politi-psp-odder": "tovholder",
    "oestjyllands-politi-psp-odder-2": "stand_in",
    "region-syddanmark-psykiatri": "caseworker",
    "oestjyllands-politi-forebyggelse": "caseworker",
    "kriminalforsorgen-oestjylland": "caseworker",
    "oestjyllands-politi-exit": "caseworker",
    "oestjyllands-politi-tilsyn": "dpo",
    "samsoe-ssp": "caseworker",
}
WITHOUT_OFFICE = "uden-hverv"


async def offices(world: World) -> None:
    """Everybody is given the office in which they act."""
    operator = world.operator()
    for who, office in OFFICES.items():
        person = world.person(who)
        body = {
            "issuer": world.platform.url("devlogin"),
            "subject": person.subject,
            "place": person.unit,
            "office": office,
        }
        await operator.post("/offices", body, service="councils")
    for who in OFFICES:
        await world.eventually("the office is known", partial(_knows, world.person(who)))
    expect(OFFICES, "somebody acts")
    world.say(f"{len(OFFICES)} hverv givet (offices granted)")


async def _knows(person: Person) -> bool:
    headers = {"Authorization": f"Bearer {await person.token()}", "Kredslob-Unit": person.unit}
    answers = [
        await person.world.request("GET", where, headers)
        for where in (("referrals", "/inbox"), ("audit", f"/referrals/{NEVER}/replay"))
    ]
    return all(answer.problem != "no-office" for answer in answers)
