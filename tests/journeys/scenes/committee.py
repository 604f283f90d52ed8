"""(b) A case of Odder Kommune is found by its PSP coordinator on the docket."""

from datetime import timedelta

from tests.journeys.scenes.telling import (
    draft,
    expect,
    same_as_never,
    sending,
    until_delivered,
)
from tests.journeys.world import Person, World

DOCKET = "/forums/psp-odder/docket"


async def committee(world: World) -> None:
    """Odder Kommune rejser en sag i sit PSP-udvalg: foreslået, visiteret, på dagsordenen.

    Odder raises a case: proposed, screened, on the agenda; Region Syddanmark is invited and sees
    it, Kriminalforsorgen is not and gets the answer of an id that never was.
    """
    odder = world.person("odder-familieafdeling")
    tovholder = world.person("oestjyllands-politi-psp-odder")
    intake = {
        "name": world.secret("navn"),
        "criteria": ["ved_at_miste_boligen", "manglende_sygdomsindsigt"],
        "concern": world.secret("bekymring"),
        "health": world.secret("helbred"),
    }
    case = await draft(odder, "psp", intake)
    world.remembered["b"] = case
    how = sending(world, "psp-odder", "rpl-115-1-2", "hjaelp-og-forebyggelse")
    await odder.post(f"/referrals/{case}/sending", how)
    await until_delivered(world, tovholder, case)
    await _on_the_agenda(world, tovholder, case)
    await odder.get(DOCKET, expect=404, service="councils")
    await tovholder.post(f"/referrals/{case}/reception")
    await _invited(world, tovholder, case)


async def _on_the_agenda(world: World, tovholder: Person, case: str) -> None:
    item = await world.eventually("an item on the docket", lambda: item_of(tovholder, case))
    expect(item["stage"] == "proposed", "the item appears as proposed")
    await tovholder.post(f"/items/{item['item']}/screening", service="councils")
    starts = (world.clock.now() + timedelta(days=14)).isoformat()
    meeting = {"starts_at": starts}
    await tovholder.post("/forums/psp-odder/meetings", meeting, service="councils")
    await world.eventually(
        "the item is on the agenda", lambda: item_of(tovholder, case, stage="placed")
    )
    world.say("foreslået, visiteret, på dagsordenen (proposed, screened, on the agenda)")


async def _invited(world: World, tovholder: Person, case: str) -> None:
    region = world.person("region-syddanmark-psykiatri")
    invited = {"party": region.unit, "basis": "rpl-115-1-2", "reason": world.secret("invitation")}
    await tovholder.post(f"/referrals/{case}/parties", invited, expect=201)
    seen = await region.get(f"/referrals/{case}")
    expect(seen.body["intake"]["health"], "Region Syddanmark reads the case")
    await same_as_never(world.person("kriminalforsorgen-oestjylland"), case)
    world.say("Region Syddanmark inviteret; for Kriminalforsorgen findes sagen ikke")


async def item_of(tovholder: Person, case: str, stage: str | None = None) -> dict[str, str] | None:
    """Give a referral's item on the docket, if it is there (and at this stage)."""
    docket = await tovholder.get(DOCKET, service="councils")
    found = (each for each in docket.body["items"] if each["referral"] == case)
    return next((each for each in found if stage in {None, each["stage"]}), None)
