"""Referrals as the door tests need them: begun, sent, in the inbox, received, accepted."""

from collections.abc import Mapping
from typing import Any

from tests.doors.people import MUNICIPAL, POLICE, SSP, person
from tests.journeys.world import Person, World

NECESSITY = "Uden oplysningen kan personen ikke hjælpes i tide (opdigtet)."
NAME, CONCERN = "Opdigtet Dørprøve", "Opdigtet bekymring ved døren."
INTAKE = {"name": NAME, "concern": CONCERN}
BASIS, PURPOSE = "rpl-115-1-1", "forebygge-radikalisering"
DRAFT: dict[str, Any] = {"programme": "infohus", "urgency": "almindelig", "intake": INTAKE}
SENDING: dict[str, Any] = {
    "addressee": "infohus-norddjurs",
    "basis": BASIS,
    "purpose": PURPOSE,
    "necessity": NECESSITY,
}
TO_THE_COMMITTEE = {
    **SENDING,
    "addressee": "psp-norddjurs",
    "basis": "rpl-115-1-2",
    "purpose": "hjaelp-og-forebyggelse",
}
FOR_THE_COMMITTEE = {"name": NAME, "criteria": ["usynlig"], "concern": CONCERN}
TO_EXIT = {
    **SENDING,
    "addressee": "oestjyllands-politi-exit",
    "basis": "rpl-115-1-1",
    "basis_reason": "Opdigtet grund til at vælge den.",
    "purpose": "ud-af-banden",
}
FOR_EXIT = {
    "name": NAME,
    "birth_date": "1990-01-01",
    "motivation": CONCERN,
    "need_for_support": CONCERN,
}
LETTING_IN = {"party": "norddjurs-infohus", "basis": BASIS, "reason": NECESSITY}
CHECKED = {"gate": "police_check", "result": "intet_til_hinder"}


async def draft(
    who: Person, programme: str, intake: Mapping[str, Any], urgency: str = "almindelig"
) -> str:
    """Begin a referral, and give its id."""
    body = {"programme": programme, "urgency": urgency, "intake": dict(intake)}
    return str((await who.post("/referrals", body, expect=201)).body["referral"])


async def until_delivered(world: World, receiver: Person, case: str) -> None:
    """Wait until the machine has laid a referral in the receiver's inbox."""

    async def lies_there() -> bool:
        inbox = (await receiver.get("/inbox?size=200")).body["items"]
        return any(e["referral"] == case and e["stage"] == "delivered" for e in inbox)

    await world.eventually(f"{case} lies in the inbox", lies_there)


async def drafted(world: World, who: str = SSP, urgency: str = "almindelig") -> str:
    """Give a draft of a unit in Norddjurs that may turn to the infohus there."""
    return await draft(person(world, who), "infohus", INTAKE, urgency)


async def sent(world: World, who: str = SSP) -> str:
    """Give a referral that is on its way to, or lies with, the infohus of Norddjurs."""
    case = await drafted(world, who)
    await person(world, who).post(f"/referrals/{case}/sending", SENDING)
    return case


async def delivered(world: World, who: str = SSP) -> str:
    """Give a referral that lies in the inbox of the police of that infohus."""
    case = await sent(world, who)
    await until_delivered(world, person(world, POLICE), case)
    return case


async def received(world: World, who: str = SSP) -> str:
    """Give a referral that a person at the infohus has opened and says to have seen."""
    case, police = await delivered(world, who), person(world, POLICE)
    await police.get(f"/referrals/{case}")
    await police.post(f"/referrals/{case}/reception")
    return case


async def accepted(world: World, who: str = SSP) -> str:
    """Give a referral that was taken on."""
    case = await received(world, who)
    await person(world, POLICE).put(f"/referrals/{case}/acceptance")
    return case


async def shared(world: World) -> str:
    """Give a referral into which the municipality's own coordinator was let in, who opened it."""
    case, police = await received(world), person(world, POLICE)
    await police.post(f"/referrals/{case}/gates", CHECKED)
    await police.post(f"/referrals/{case}/parties", LETTING_IN)
    await person(world, MUNICIPAL).get(f"/referrals/{case}")
    return case
