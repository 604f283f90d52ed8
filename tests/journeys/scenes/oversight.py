"""(e), (f) and (i): who is outside sees nothing; who oversees replays, and asks who saw it."""

import asyncio
from typing import Any

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

    An auditor of Favrskov replays (a) from the ledger, and sees the envelope of it: control is of
    who looked at what, not of the person whom it is about.
    """
    reviser, case = world.person("favrskov-tilsyn", "audit"), world.remembered["a"]
    steps = await world.eventually("the ledger has it all", lambda: replayed(reviser, case))
    for step in steps:
        world.say(f"{step['recorded_at'][:16]}  {step['authority']:20} {step['da']}")
    seen = (await reviser.get(f"/referrals/{case}")).body
    expect(seen["purpose"] == "audit", "an auditor looks for one purpose only")
    expect(seen["stage"] == "accepted" and seen["parties"], "the envelope is seen")
    expect(seen["intake"] == {}, "and nothing of the concern")
    world.say("revisoren ser kuverten, ikke bekymringen (the envelope, not the concern)")
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


async def who_saw(world: World) -> None:
    """Hvem har set (a)? Politiets databeskyttelsesrådgiver slår op i læseloggen.

    Who saw (a)? The police's data protection officer asks the log of reads, which has what the
    police read, for what and which fields; what Favrskov read is Favrskov's.
    """
    dpo = world.person("oestjyllands-politi-tilsyn", "data_protection")
    holder, sender = (world.person(who) for who in (HOLDER, "favrskov-ssp"))
    items = await world.eventually("the read is in the log", lambda: _read_by(dpo, holder))
    expect(all(e["subject"] != sender.subject for e in items), "Favrskov's reads are its own")
    for each in reversed([each for each in items if each["kind"] == "show"]):
        fields = sorted({name for seen in each["objects"] for name in seen["fields"]})
        told = ", ".join(name for name in fields if name.startswith("intake.")) or "kuverten"
        world.say(f"{each['at'][:16]}  {each['office']:10} {each['purpose']:16} {told}")


HOLDER = "oestjyllands-politi-infohus-randers"


async def _read_by(dpo: Person, reader: Person) -> list[dict[str, Any]] | None:
    case = dpo.world.remembered["a"]
    await asyncio.sleep(0.2)  # each look is itself a line of the log
    page = (await dpo.get(f"/reads/of/{case}?size=200", service="audit")).body["items"]
    found = [e for e in page if e["subject"] == reader.subject and "intake.concern" in str(e)]
    return list(page) if found else None
