"""Referrals to the committee of Odder: begun, sent, in its inbox."""

import asyncio
from collections.abc import Iterable

from tests.journeys.scenes.telling import draft, sending
from tests.journeys.world import World

SENDER, COMMITTEE = "odder-familieafdeling", "oestjyllands-politi-psp-odder"
COLLEAGUE = "oestjyllands-politi-psp-odder-2"
"""Somebody else of the committee's unit."""


def intake(world: World) -> dict[str, object]:
    """Give what is told about a person."""
    return {
        "name": world.secret("navn"),
        "criteria": ["ved_at_miste_boligen"],
        "concern": world.secret("bekymring"),
    }


async def sent(world: World) -> str:
    """Begin a referral, send it, and give its id."""
    sender = world.person(SENDER)
    case = await draft(sender, "psp", intake(world))
    how = sending(world, "psp-odder", "rpl-115-1-2", "hjaelp-og-forebyggelse")
    await sender.post(f"/referrals/{case}/sending", how)
    return case


async def many_sent(world: World, count: int) -> list[str]:
    """Send *count* referrals at the same time."""
    return list(await asyncio.gather(*(sent(world) for _ in range(count))))


async def until_all_lie_there(world: World, cases: Iterable[str]) -> None:
    """Wait until both sides' lists show each of *cases* as delivered, and once."""
    wanted = sorted(cases)

    async def seen() -> bool:
        lists = [await _listed(world, COMMITTEE, "/inbox"), await _listed(world, SENDER, "/sent")]
        return all(sorted(each for each in found if each in wanted) == wanted for found in lists)

    await world.eventually("all lie there, once", seen)


async def _listed(world: World, who: str, path: str) -> list[str]:
    page = (await world.person(who).get(f"{path}?size=200")).body["items"]
    return [each["referral"] for each in page if each["stage"] == "delivered"]
