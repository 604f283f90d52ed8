"""(e) and (f): who is outside sees nothing; who oversees replays."""

from tests.journeys.scenes.offices import WITHOUT_OFFICE
from tests.journeys.scenes.telling import expect, same_as_never
from tests.journeys.world import Person, World


async def outsider(world: World) -> None:
    """En uvedkommende spørger efter hver af dem.

    An outsider asks for each, and gets the answer of an id that never was.
    """
    stranger = world.person("samsoe-ssp")
    for letter in "abcd":
        await same_as_never(stranger, world.remembered[letter])
    without = world.person(WITHOUT_OFFICE)
    no = await without.get(f"/referrals/{world.remembered['a']}", expect=403)
    expect(no.problem == "no-office", "without an office there is no way in")
    world.say("samme svar som for et id, der aldrig har været (as for an id that never was)")


async def auditor(world: World) -> None:
    """Favrskovs revisor gennemspiller (a) trin for trin.

    An auditor of Favrskov replays (a) from the ledger, and opens its content under the own token.
    """
    reviser, case = world.person("favrskov-tilsyn"), world.remembered["a"]
    steps = await world.eventually("the ledger has it all", lambda: replayed(reviser, case))
    for step in steps:
        world.say(f"{step['recorded_at'][:16]}  {step['authority']:20} {step['da']}")
    seen = await reviser.get(f"/referrals/{case}")
    expect(seen.body["intake"] == world.remembered["intake"], "content opens under the own token")
    other = f"/referrals/{world.remembered['b']}/replay"
    no = await reviser.get(other, expect=404, service="audit")
    expect(no.problem == "does-not-exist", "what is not Favrskov's does not exist")


async def replayed(reviser: Person, case: str) -> list[dict[str, str]] | None:
    """Give the steps of a referral once the ledger has the last of them."""
    headers = {"Authorization": f"Bearer {await reviser.token()}", "Kredslob-Unit": reviser.unit}
    where = ("audit", f"/referrals/{case}/replay")
    answer = await reviser.world.request("GET", where, headers)
    steps = answer.body.get("steps") if isinstance(answer.body, dict) else None
    whole = steps and steps[-1]["type"] == "referral.accepted.v1"
    return list(steps) if steps and whole else None
