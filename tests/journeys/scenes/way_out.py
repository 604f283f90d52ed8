"""(d) Kriminalforsorgen refers a candidate to the exit unit, on the candidate's consent."""

from tests.journeys.scenes.telling import born, draft, expect, sending, until_delivered
from tests.journeys.world import Person, World


async def way_out(world: World) -> None:
    """Kriminalforsorgen henviser en kandidat til exit-enheden, på kandidatens samtykke.

    Without consent, and with no other basis chosen explicitly with a reason, it is refused; then
    returned, answered, accepted, closed.
    """
    probation = world.person("kriminalforsorgen-oestjylland")
    intake = {
        "name": world.secret("navn"),
        "birth_date": born(world, 24),
        "motivation": world.secret("motivation"),
        "need_for_support": world.secret("behov"),
    }
    case = await draft(probation, "bandeexit", intake)
    world.remembered["d"] = case
    await _consented(world, probation, case)
    await _answered(world, probation, case)


async def _consented(world: World, probation: Person, case: str) -> None:
    how = sending(world, "oestjyllands-politi-exit", "samtykke", "ud-af-banden")
    no = await probation.post(f"/referrals/{case}/sending", how, expect=422)
    expect(no.problem == "consent-missing", "no consent, no sending")
    other = {**how, "basis": "rpl-115-1-3"}
    no = await probation.post(f"/referrals/{case}/sending", other, expect=422)
    expect(no.problem == "basis-reason-missing", "another basis is chosen with a reason")
    consent = {
        "scope": world.secret("samtykke"),
        "receivers": ["oestjyllands-politi"],
        "form": "written",
        "given_on": world.clock.now().date().isoformat(),
    }
    await probation.post(f"/referrals/{case}/consents", consent, expect=201)
    await probation.post(f"/referrals/{case}/sending", how)
    world.say("uden samtykke afvist; med underskrevet samtykke sendt (refused, then sent)")


async def _answered(world: World, probation: Person, case: str) -> None:
    exit_unit = world.person("oestjyllands-politi-exit")
    await until_delivered(world, exit_unit, case)
    await exit_unit.post(f"/referrals/{case}/reception")
    question = {"question": world.secret("spørgsmål")}
    await exit_unit.post(f"/referrals/{case}/return", question)
    answer = {"answer": world.secret("svar")}
    await probation.post(f"/referrals/{case}/resending", answer)
    await until_delivered(world, exit_unit, case)
    await exit_unit.post(f"/referrals/{case}/reception")
    await exit_unit.put(f"/referrals/{case}/acceptance")
    done = await exit_unit.post(
        f"/referrals/{case}/closing", {"outcome": "gennemfoert", "note": world.secret("afslutning")}
    )
    expect(done.body["stage"] == "closed", "closed")
    world.say("returneret, besvaret, accepteret, afsluttet (returned, answered, accepted, closed)")
