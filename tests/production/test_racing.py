"""Many requests at once that cannot all be granted, spread over both replicas."""

import asyncio

from tests.doors.knocking import knock, refused
from tests.journeys.kept import all_facts
from tests.journeys.world import World
from tests.production.cases import COLLEAGUE, COMMITTEE, SENDER, intake, sent, until_all_lie_there

AT_ONCE = 12
"""Requests of each of two people; each replica gets half of all."""


async def test_of_many_claims_one_wins(world: World) -> None:
    """A referral is taken by one person; everybody else is told that it is, whoever they asked."""
    for _ in range(3):
        case = await sent(world)
        await until_all_lie_there(world, [case])
        path = f"/referrals/{case}/claim"
        people = [world.person(who) for who in (COMMITTEE, COLLEAGUE)] * AT_ONCE
        answers = await asyncio.gather(*(knock(who, "POST", path) for who in people))
        winners = [answer for answer in answers if answer.status_code == 200]
        assert len(winners) == 1, [answer.status_code for answer in answers]
        for answer in answers:
            if answer is not winners[0]:
                refused(answer, "already-taken", 409)
        assert await _count(world, case, "referral.claimed.v1") == 1


async def test_the_same_request_at_both_replicas_is_done_once(world: World) -> None:
    """One key is one wish, wherever it arrives: one fact, and the same answer for everybody."""
    body = {"programme": "psp", "urgency": "almindelig", "intake": intake(world)}
    wish = (world.person(SENDER), "POST", "/referrals", body)
    answers = await asyncio.gather(
        *(knock(*wish, idempotency_key="the-same-wish") for _ in range(AT_ONCE))
    )
    told = {(answer.status_code, answer.text) for answer in answers}
    assert len(told) == 1, told
    case = answers[0].json()["referral"]
    assert await _count(world, case, "referral.drafted.v1") == 1


async def _count(world: World, case: str, kind: str) -> int:
    facts = await all_facts(world.platform, "referrals")
    return sum(1 for fact in facts if (fact.stream, fact.type) == (f"referral-{case}", kind))
