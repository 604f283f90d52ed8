"""(c) Police refer a child to UKN, whose secretariat has no account."""

from tests.journeys.scenes.telling import born, draft, expect, sending
from tests.journeys.world import Person, World


async def board(world: World) -> None:
    """Politiet henviser en 12-årig til nævnet; en 9-årig og en 16-årig afvises med lovlig vej.

    A child who is 9 on both dates and a 16-year-old are refused, with the rule named and the lawful
    way on; the secretariat has no account, so police record dispatch and receipt.
    """
    police = world.person("oestjyllands-politi-forebyggelse")
    for years, word in ((9, "kommune"), (16, "retten")):
        case = await _drafted(world, police, years)
        how = sending(world, "ukn-sekretariat", "ukn-lov-11", "maalrettet-indsats")
        no = await police.post(f"/referrals/{case}/sending", how, expect=422)
        expect(no.problem == "age-not-taken", f"{years} is refused")
        expect(no.body["rule"] == "ukn-politi-10-14", "with the rule named")
        expect(word in no.body["da"], "and the lawful way on")
        world.say(f"{years} år: {no.body['da']}")
    await _sent(world, police)


async def _sent(world: World, police: Person) -> None:
    case = await _drafted(world, police, 12)
    world.remembered["c"] = case
    how = sending(world, "ukn-sekretariat", "ukn-lov-11", "maalrettet-indsats")
    await police.post(f"/referrals/{case}/sending", how)
    now = world.clock.now().isoformat()
    dispatch = {"how": "digital_post", "sent_at": now}
    await police.post(f"/referrals/{case}/dispatches", dispatch, expect=201)
    receipt = {"receipt": world.secret("kvittering"), "received_at": now}
    await police.post(f"/referrals/{case}/receipts", receipt, expect=201)
    seen = (await police.get(f"/referrals/{case}")).body
    own = [step["type"] for step in seen["timeline"] if step["registered_by_sender"]]
    expect(own == ["referral.dispatch-recorded.v1", "referral.receipt-recorded.v1"], str(own))
    world.say("12 år: sendt; afsendelse og kvittering registreret af afsender")


async def _drafted(world: World, police: Person, years: int) -> str:
    intake = {
        "name": world.secret("navn"),
        "birth_date": born(world, years),
        "act_date": world.clock.now().date().isoformat(),
        "category": "anden_alvorlig",
        "statute": "vaabenloven",
        "risk_assessment": world.secret("vurdering"),
        "facts": world.secret("hændelse"),
    }
    return await draft(police, "ukn", intake)
