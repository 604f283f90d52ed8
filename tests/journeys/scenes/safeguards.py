"""(g) and (h): a case opened in an emergency, and a referral that is taken back."""

from tests.journeys.scenes.telling import (
    born,
    draft,
    expect,
    sending,
    until_delivered,
)
from tests.journeys.world import World


async def emergency(world: World) -> None:
    """En stedfortræder, der ikke er på (b), bruger nødadgangen; den efterprøves.

    A stand-in who is not on case (b) breaks the glass for a reason; the banner says so in every
    answer, and it comes first on the data protection officer's work list until it is reviewed.
    """
    tovholder = world.person("oestjyllands-politi-psp-odder")
    colleague = world.person("oestjyllands-politi-psp-odder-2")
    case = world.remembered["b"]
    await tovholder.post(f"/referrals/{case}/staff", {"subject": tovholder.subject}, expect=201)
    seen = (await colleague.get(f"/referrals/{case}")).body
    expect(seen["intake"] == {}, "who is not on the case sees the envelope only")
    glass = {"reason": world.secret("nødsituation")}
    await colleague.post(f"/referrals/{case}/broken-glass", glass, expect=201)
    seen = (await colleague.get(f"/referrals/{case}")).body
    expect(seen["intake"] and seen["purpose"] == "emergency", "the glass opens it")
    world.say(f"{seen['banner']['da']} ({seen['banner']['en']})")
    await _reviewed(world, case)


async def _reviewed(world: World, case: str) -> None:
    dpo = world.person("oestjyllands-politi-tilsyn", "data_protection")
    first = (await dpo.get("/tasks")).body["items"][0]
    expect((first["kind"], first["referral"]) == ("glass_review", case), "it comes first")
    judged = {"justified": True, "note": world.secret("efterprøvning")}
    where = f"/referrals/{case}/broken-glass/{first['id']}/review"
    await dpo.post(where, judged, expect=201)
    left = (await dpo.get("/tasks")).body["items"]
    expect(first["id"] not in {each["id"] for each in left}, "and is gone once it is reviewed")
    world.say(
        "øverst på rådgiverens liste, til den er efterprøvet (first on the list till reviewed)"
    )


async def taken_back(world: World) -> None:
    """Favrskov trækker en bekymring tilbage; infohuset ser kun, at det er sket.

    Favrskov withdraws a referral before it is accepted: what it wrote is gone from the infohus's
    view, which says that and when it was withdrawn. Favrskov keeps its own.
    """
    ssp, police = world.person("favrskov-ssp"), world.person("oestjyllands-politi-infohus-randers")
    intake = {"name": world.secret("navn"), "birth_date": born(world, 16)}
    intake["concern"] = world.secret("bekymring")
    case = await draft(ssp, "infohus", intake)
    how = sending(world, "infohus-randers", "rpl-115-1-1", "forebygge-radikalisering")
    how["chosen_because"] = world.secret("begrundelse for valg")
    await ssp.post(f"/referrals/{case}/sending", how)
    await until_delivered(world, police, case)
    before = (await police.get(f"/referrals/{case}")).body
    expect(before["intake"] == intake and before["marking"], "the infohus reads it, marked")
    await ssp.post(f"/referrals/{case}/withdrawal", {"reason": world.secret("fortrydelse")})
    after = (await police.get(f"/referrals/{case}")).body
    expect(after["intake"] == {}, "nothing is left of what Favrskov wrote")
    expect(after["closed"]["da"] == "trukket tilbage", "but that it was withdrawn")
    own = (await ssp.get(f"/referrals/{case}")).body
    expect(own["intake"] == intake, "Favrskov keeps its own")
    world.say(f"før (before): {before['marking']['da']}")
    world.say(f"efter (after): {after['closed']['da']} ({after['closed']['en']})")
