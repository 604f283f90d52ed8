"""The version of a referral is what this party has seen of it, and nobody else's business."""

import asyncio

from tests.doors.cases import INTAKE, delivered, drafted, received, shared
from tests.doors.knocking import Response, facts, knock, refused
from tests.doors.people import MUNICIPAL, POLICE, POLICE_COLLEAGUE, SSP, SSP_COLLEAGUE, person
from tests.journeys.world import Person, World

EDIT = {"urgency": "akut", "intake": INTAKE}


async def _etag(who: Person, case: str) -> str:
    return (await who.get(f"/referrals/{case}")).headers["etag"]


async def test_the_version_counts_what_the_own_unit_has_seen(world: World) -> None:
    """Each fact that a party may see adds one to its version, whoever brought it about."""
    case, ssp, police = await received(world), person(world, SSP), person(world, POLICE)
    assert await _etag(ssp, case) == '"5"'  # drafted, sent, delivered, opened, received
    assert await _etag(police, case) == '"4"'
    for number in (5, 6, 7):
        answer = await police.post(f"/referrals/{case}/messages", {"text": "Hej."})
        assert answer.headers["etag"] == await _etag(police, case) == f'"{number}"'
        assert await _etag(ssp, case) == f'"{number + 1}"'
    seen = await ssp.get(f"/referrals/{case}")
    assert seen.headers["etag"] == f'"{len(seen.body["timeline"])}"'


async def test_the_answer_to_a_change_names_the_version_that_follows(world: World) -> None:
    """The ETag of a change is that of the view read after it, for every party and every move."""
    case = await shared(world)
    for who, path, body in (
        (SSP, "messages", {"text": "Et."}),
        (MUNICIPAL, "messages", {"text": "To."}),
        (POLICE, "messages", {"text": "Tre."}),
        (MUNICIPAL, "case-number", {"number": "2021-1"}),
        (POLICE, "claim", None),
    ):
        caller = person(world, who)
        method = "PUT" if path == "case-number" else "POST"
        answer = await caller.ask(method, f"/referrals/{case}/{path}", body)
        assert answer.headers["etag"] == await _etag(caller, case), (who, path)
        seen = await caller.get(f"/referrals/{case}")
        assert seen.headers["etag"] == f'"{len(seen.body["timeline"])}"', (who, path)


async def test_how_a_unit_divides_its_work_does_not_show_outside(world: World) -> None:
    """Claiming, assigning and checking change nothing for others: not their version, not a word."""
    case, ssp, police = await received(world), person(world, SSP), person(world, POLICE)
    before = await ssp.get(f"/referrals/{case}")
    changes = len((await ssp.get("/changes?size=200")).body["items"])
    await police.post(f"/referrals/{case}/claim")
    colleague = person(world, POLICE_COLLEAGUE)
    await police.post(f"/referrals/{case}/assignment", {"subject": colleague.subject})
    await police.post(
        f"/referrals/{case}/gates", {"gate": "police_check", "result": "intet_til_hinder"}
    )
    after = await ssp.get(f"/referrals/{case}")
    assert after.headers["etag"] == before.headers["etag"]
    assert after.body == before.body
    assert len((await ssp.get("/changes?size=200")).body["items"]) == changes
    own = await police.get(f"/referrals/{case}")
    assert own.headers["etag"] == '"7"'
    assert own.body["taken"]


async def test_of_two_edits_of_the_same_version_one_counts(world: World) -> None:
    """Two colleagues who edit what both have seen: one is taken, the other told to look again."""
    for _ in range(3):
        case = await drafted(world)
        edits = (
            knock(person(world, who), "PUT", f"/referrals/{case}/draft", EDIT, if_match='"1"')
            for who in (SSP, SSP_COLLEAGUE)
        )
        first, second = sorted(await asyncio.gather(*edits), key=lambda answer: answer.status_code)
        assert first.status_code == 200
        assert first.headers["etag"] == '"2"'
        refused(second, "out-of-date", 412)
        edited = [fact for fact in await facts(world.platform) if case in fact[0]]
        assert len(edited) == 2


async def test_of_two_who_claim_one_gets_it(world: World) -> None:
    """Two colleagues who take the same referral at the same moment: one has it, the other hears."""
    for _ in range(3):
        case = await delivered(world)
        claims = (
            knock(person(world, who), "POST", f"/referrals/{case}/claim")
            for who in (POLICE, POLICE_COLLEAGUE)
        )
        first, second = sorted(await asyncio.gather(*claims), key=lambda answer: answer.status_code)
        assert first.status_code == 200
        told = refused(second, "already-taken", 409)
        assert told["stage"] == "delivered"
        assert "claim" not in told["allowed"]
        mine = {
            await _is_mine(person(world, who), case, first) for who in (POLICE, POLICE_COLLEAGUE)
        }
        assert mine == {True, False}


async def _is_mine(who: Person, case: str, after: Response) -> bool:
    written = after.headers["kredslob-position"]
    seen = await knock(who, "GET", f"/referrals/{case}", kredslob_wait_for=written)
    return bool(seen.json()["mine"])


async def test_a_referral_is_opened_once(world: World) -> None:
    """However many of a unit open it first at the same moment, it is told once that they did."""
    case = await delivered(world)
    readers = (person(world, who) for who in (POLICE, POLICE_COLLEAGUE, POLICE, POLICE_COLLEAGUE))
    answers = await asyncio.gather(*(knock(r, "GET", f"/referrals/{case}") for r in readers))
    assert {answer.status_code for answer in answers} == {200}
    seen = (await person(world, SSP).get(f"/referrals/{case}")).body
    assert [step["type"] for step in seen["timeline"]].count("referral.opened.v1") == 1


async def test_of_two_answers_one_counts(world: World) -> None:
    """A referral is accepted or declined, never both, however close they come."""
    case = await received(world)
    police, colleague = person(world, POLICE), person(world, POLICE_COLLEAGUE)
    reason = {"reason": "ingen_kapacitet"}
    answers = await asyncio.gather(
        knock(police, "PUT", f"/referrals/{case}/acceptance"),
        knock(colleague, "POST", f"/referrals/{case}/decline", reason),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    told = refused(max(answers, key=lambda answer: answer.status_code), "not-possible-now", 409)
    assert told["allowed"]
    ended = {"referral.accepted.v1", "referral.declined.v1"}
    assert len([1 for s, kind in await facts(world.platform) if case in s and kind in ended]) == 1
