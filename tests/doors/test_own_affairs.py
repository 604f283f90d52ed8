"""What a unit notes for itself: settable at any time, and read by nobody else."""

import asyncio

from tests.doors.cases import drafted, received, shared
from tests.doors.knocking import knock
from tests.doors.people import (
    MUNICIPAL,
    OVERSIGHT,
    POLICE,
    POLICE_COLLEAGUE,
    SSP,
    SSP_COLLEAGUE,
    person,
)
from tests.journeys.world import World


async def test_an_own_case_number_never_conflicts(world: World) -> None:
    """Case numbers are noted while others act on the same referral, and none is refused."""
    case, ssp, police = await received(world), person(world, SSP), person(world, POLICE)
    await asyncio.gather(ssp.token(), police.token())
    path = f"/referrals/{case}"
    answers = await asyncio.gather(
        *(knock(ssp, "PUT", f"{path}/case-number", {"number": f"2021-{n}"}) for n in range(5)),
        *(knock(police, "PUT", f"{path}/case-number", {"number": f"P-{n}"}) for n in range(5)),
        *(knock(police, "POST", f"{path}/messages", {"text": "Hej."}) for _ in range(3)),
        knock(police, "PUT", f"{path}/acceptance"),
    )
    assert {answer.status_code for answer in answers} <= {200, 201}, [a.text for a in answers]


async def test_an_own_case_number_is_read_by_its_own(world: World) -> None:
    """Each authority has a number of its own, which others find in no view, list or feed."""
    case, numbers = await shared(world), {SSP: "A-1", POLICE: "B-2"}
    for who, number in numbers.items():
        await person(world, who).put(f"/referrals/{case}/case-number", {"number": number})
    colleagues = {SSP_COLLEAGUE: "A-1", MUNICIPAL: "A-1", POLICE_COLLEAGUE: "B-2"}
    for who, number in {**numbers, **colleagues}.items():
        reader = person(world, who)
        seen = await reader.get(f"/referrals/{case}")
        assert seen.body["case_number"] == number
        everything = str(seen.body)
        for place in ("/inbox", "/sent", "/due", "/changes"):
            everything += str((await reader.get(f"{place}?size=200")).body)
        assert not [other for other in {*numbers.values()} - {number} if other in everything]
        told = [s["type"] for s in seen.body["timeline"]]
        assert told.count("referral.case-number-set.v1") == 1


async def test_an_own_case_number_can_be_set_at_any_stage(world: World) -> None:
    """A number is noted on a draft and on what is over, and the last one counts."""
    case, ssp = await drafted(world), person(world, SSP)
    for number in ("2021-1", "2021-2"):
        await ssp.put(f"/referrals/{case}/case-number", {"number": number})
    await ssp.post(f"/referrals/{case}/error", {"reason": "Opdigtet fejl."})
    seen = await ssp.get(f"/referrals/{case}")
    assert seen.body["case_number"] == "2021-2"
    closed = await received(world)
    await ssp.post(f"/referrals/{closed}/withdrawal", {"reason": "Opdigtet."})
    await ssp.put(f"/referrals/{closed}/case-number", {"number": "2021-3"})
    assert (await ssp.get(f"/referrals/{closed}")).body["case_number"] == "2021-3"


async def test_who_oversees_reads_the_number_of_the_own_authority(world: World) -> None:
    """An auditor finds the case by the number that their own authority gave it."""
    case = await received(world)
    await person(world, SSP).put(f"/referrals/{case}/case-number", {"number": "A-9"})
    await person(world, POLICE).put(f"/referrals/{case}/case-number", {"number": "B-9"})
    seen = await person(world, OVERSIGHT).get(f"/referrals/{case}")
    assert seen.body["case_number"] == "A-9"
