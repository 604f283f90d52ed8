"""(a) A concern goes to an infohus that the sender must choose itself."""

from tests.journeys.scenes.telling import (
    born,
    draft,
    expect,
    sending,
    until_delivered,
)
from tests.journeys.world import Person, World


async def concern(world: World) -> None:
    """Fredag 15.40 sender SSP i Favrskov en bekymring om en 15-årig.

    Friday 15.40: who covers Favrskov is unknown, so the sender picks an infohus and says why; its
    police tovholder records the check, and only then lets the municipality's own tovholder in.
    """
    world.forward_to_friday()
    ssp, police = world.person("favrskov-ssp"), world.person("oestjyllands-politi-infohus-randers")
    intake = {
        "name": world.secret("navn"),
        "birth_date": born(world, 15),
        "address": world.secret("adresse"),
        "concern": world.secret("bekymring"),
    }
    case = await draft(ssp, "infohus", intake, "hurtig")
    world.remembered.update(a=case, intake=intake)
    await _sent(world, ssp, case)
    await until_delivered(world, police, case)
    read = (await police.get(f"/referrals/{case}")).body
    expect(read["intake"] == intake, "the infohus reads what was sent to it")
    await police.post(f"/referrals/{case}/reception")
    await police.post(f"/referrals/{case}/claim")
    await _let_in(world, police, case)
    accepted = await police.put(f"/referrals/{case}/acceptance")
    expect(accepted.body["stage"] == "accepted", "accepted")
    world.say("accepteret (accepted)")


async def _sent(world: World, ssp: Person, case: str) -> None:
    how = sending(world, "infohus-randers", "rpl-115-1-1", "forebygge-radikalisering")
    no = await ssp.post(f"/referrals/{case}/sending", how, expect=422)
    expect(no.problem == "coverage-unknown", "the plan does not say who covers Favrskov")
    world.say(f"uden begrundelse (without a reason): {no.body['title']}")
    how["chosen_because"] = world.secret("begrundelse for valg")
    sent = (await ssp.post(f"/referrals/{case}/sending", how)).body
    expect(sent["next_staffed"], "the sender learns when somebody is there next")
    world.say(f"sendt (sent); modtageren er bemandet (staffed next): {sent['next_staffed']}")


async def _let_in(world: World, police: Person, case: str) -> None:
    municipality = world.person("randers-infohus")
    party = {
        "party": municipality.unit,
        "basis": "rpl-115-1-1",
        "reason": world.secret("inddragelse"),
    }
    no = await police.post(f"/referrals/{case}/parties", party, expect=409)
    expect(no.problem == "gate-not-passed", "the police check comes first")
    await municipality.get(f"/referrals/{case}", expect=404)
    note = world.secret("politiets tjek")
    check = {"gate": "police_check", "result": "intet_til_hinder", "note": note}
    await police.post(f"/referrals/{case}/gates", check, expect=201)
    await police.post(f"/referrals/{case}/parties", party, expect=201)
    seen = await municipality.get(f"/referrals/{case}")
    expect(seen.body["intake"] == world.remembered["intake"], "who was let in reads the concern")
    await municipality.post(f"/referrals/{case}/messages", {"text": world.secret("besked")})
    number = {"number": world.secret("sagsnummer")[:60]}
    await municipality.put(f"/referrals/{case}/case-number", number)
    world.say("politiets tjek noteret, Randers Kommune inddraget (checked, then let in)")
