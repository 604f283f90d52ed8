"""What you may not see does not exist: at every door, for every kind of stranger."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.doors.cases import (
    CHECKED,
    CONCERN,
    FOR_EXIT,
    INTAKE,
    LETTING_IN,
    NAME,
    NECESSITY,
    TO_EXIT,
    accepted,
    draft,
    drafted,
    received,
    shared,
)
from tests.doors.described import Doors, Operation
from tests.doors.knocking import NEVER, Response, knock, nothing_written, refused
from tests.doors.people import (
    DPO,
    EXIT,
    FAMILY,
    MUNICIPAL,
    OVERSIGHT,
    POLICE,
    POLICE_OVERSIGHT,
    PREVENTION,
    PROBATION,
    SSP,
    SSP_COLLEAGUE,
    STRANGE_OVERSIGHT,
    STRANGER,
    WITHOUT_OFFICE,
    person,
    subject_of,
)
from tests.journeys.world import Person, World

STRANGERS = (STRANGER, STRANGE_OVERSIGHT, FAMILY, PREVENTION, EXIT)
"""Of other authorities, overseeing one, and other units of the two authorities that take part."""
OVERSEERS = (OVERSIGHT, POLICE_OVERSIGHT, STRANGE_OVERSIGHT)
LOOKS_ONLY = "looks-only", 403


def _about_one(doors: Doors) -> list[Operation]:
    found = [d for d in doors.operations if d.service == "referrals" and "{ref" in d.template]
    assert len(found) >= 20
    return found


async def _asked(who: Person, door: Operation, case: str) -> Response:
    body = door.body()
    if isinstance(body, dict) and "subject" in body:
        body["subject"] = who.subject  # a colleague, or the request would be refused for that
    seen = '"1"' if door.changes else None
    return await knock(who, door.method, door.path(case), body, if_match=seen)


def _told(answer: Response) -> tuple[int, Any, Mapping[str, str]]:
    kept = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, answer.content, kept


@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_cannot_tell_it_from_what_never_was(
    world: World, doors: Doors, who: str
) -> None:
    """At every door a referral of others is answered like an id that never was, in every byte."""
    cases, stranger = (await accepted(world), await drafted(world)), person(world, who)
    async with nothing_written(world.platform):
        for door in _about_one(doors):
            never = await _asked(stranger, door, NEVER)
            looks_only = door.closed_to_overseers and who in OVERSEERS
            refused(never, *(LOOKS_ONLY if looks_only else ("does-not-exist", 404)))
            for case in cases:
                assert _told(await _asked(stranger, door, case)) == _told(never), door


async def test_a_secret_case_cannot_be_told_from_what_never_was(world: World, doors: Doors) -> None:
    """That a case of Bandeexit exists is itself secret."""
    probation, stranger = person(world, PROBATION), person(world, POLICE)
    case = await draft(probation, "bandeexit", FOR_EXIT)
    await probation.post(f"/referrals/{case}/sending", TO_EXIT)
    for door in _about_one(doors):
        there, never = await _asked(stranger, door, case), await _asked(stranger, door, NEVER)
        assert _told(there) == _told(never), door


async def test_a_referral_of_others_is_on_no_list(world: World) -> None:
    """What is nobody's business but the parties' is in no list and in no feed of others."""
    case = await received(world)
    for who in STRANGERS:
        for place in ("/inbox", "/sent", "/due", "/changes"):
            listed = await knock(person(world, who), "GET", f"{place}?size=200")
            assert case not in listed.text


async def test_a_draft_is_its_own_units(world: World) -> None:
    """A draft is seen by everybody in its own unit and by nobody else, overseers included."""
    case = await drafted(world)
    await person(world, SSP_COLLEAGUE).get(f"/referrals/{case}")
    for who in (FAMILY, POLICE, MUNICIPAL, OVERSIGHT, POLICE_OVERSIGHT):
        refused(await knock(person(world, who), "GET", f"/referrals/{case}"), "does-not-exist", 404)


async def test_who_oversees_reads_and_changes_nothing(world: World, doors: Doors) -> None:
    """Who oversees sees the envelope of what their authority sees, and is told to look only."""
    case = await accepted(world)
    for who, unit in ((OVERSIGHT, SSP), (POLICE_OVERSIGHT, POLICE)):
        overseer = person(world, who)
        own = (await person(world, unit).get(f"/referrals/{case}")).body
        seen = (await overseer.get(f"/referrals/{case}")).body
        assert seen["intake"] == {}
        assert CONCERN not in str(seen)
        assert NECESSITY not in str(seen)
        differ = {name for name in own if seen[name] != own[name]}
        assert differ <= {"intake", "timeline", "purpose", "policies"}
        assert _envelopes(seen) == _envelopes(own)
        async with nothing_written(world.platform):
            for door in _about_one(doors):
                if door.closed_to_overseers:
                    refused(await _asked(overseer, door, case), *LOOKS_ONLY)
                    refused(await _asked(overseer, door, NEVER), *LOOKS_ONLY)


def _envelopes(seen: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [{name: step[name] for name in step if name != "said"} for step in seen["timeline"]]


async def test_who_answers_a_citizen_reads_what_the_own_authority_wrote(world: World) -> None:
    """A data protection officer has the concern for insight, once said: not for control as well."""
    case, dpo = await received(world), person(world, DPO)
    assert (await dpo.get(f"/referrals/{case}")).body["intake"] == INTAKE
    other = await knock(dpo, "GET", f"/referrals/{case}", kredslob_purpose="data_protection")
    refused(other, "purpose-chosen", 409)
    controlled = await received(world)
    control = replace(dpo, purpose="data_protection")
    assert (await control.get(f"/referrals/{controlled}")).body["intake"] == {}
    holders = person(world, POLICE_OVERSIGHT)
    assert (await holders.get(f"/referrals/{case}")).body["intake"] == {}


async def test_a_case_is_opened_for_a_purpose(world: World) -> None:
    """Who could look for several says for which; investigation is none, and control not theirs."""
    case, ssp = await received(world), person(world, SSP)
    for wish in (case, NEVER):
        path = f"/referrals/{wish}"
        for purpose in ("efterforskning", "investigation", "emergency", "audit"):
            no = await knock(ssp, "GET", path, kredslob_purpose=purpose)
            told = refused(no, "purpose-not-yours", 422)
            assert told["purposes"] == ["handling", "coordination"]
        other = person(world, SSP_COLLEAGUE)
        refused(await knock(other, "GET", path, kredslob_purpose=None), "purpose-missing", 422)


async def test_who_is_let_in_reads_what_the_profile_gives(world: World) -> None:
    """The family department is asked about what it knows: the concern's own words it gets not."""
    case, police = await received(world), person(world, POLICE)
    await police.post(f"/referrals/{case}/gates", CHECKED)
    await police.post(f"/referrals/{case}/parties", {**LETTING_IN, "party": FAMILY})
    answer = await person(world, FAMILY).get(f"/referrals/{case}")
    assert answer.body["intake"] == {"name": NAME}
    assert CONCERN not in str(answer.body)


async def test_who_is_let_in_reads_and_does_not_answer_for_others(world: World) -> None:
    """A party that was let in sees the referral; moves of sender and holder are not theirs."""
    case, further = await shared(world), person(world, MUNICIPAL)
    assert (await further.get(f"/referrals/{case}")).body["role"] == "let_in"
    no = {
        "acceptance": ("PUT", None, "not-the-addressee"),
        "withdrawal": ("POST", {"reason": "Opdigtet."}, "not-the-sender"),
        "closing": ("POST", {"outcome": "samtale"}, "not-the-sender"),
        "reopening": ("POST", {"reason": "Opdigtet."}, "not-the-sender"),
        "parties": ("POST", {"party": FAMILY, "basis": "x", "reason": "xyz"}, "not-the-addressee"),
    }
    async with nothing_written(world.platform):
        for move, (method, body, slug) in no.items():
            answer = await knock(further, method, f"/referrals/{case}/{move}", body)
            refused(answer, slug, 403)
    wrote = await knock(further, "POST", f"/referrals/{case}/messages", {"text": "Hej."})
    assert wrote.status_code == 201


async def test_who_is_let_in_reads_no_earlier_talk(world: World) -> None:
    """A later party reads the concern, and nothing that the others said about it before."""
    case, police = await received(world), person(world, POLICE)
    await police.post(f"/referrals/{case}/messages", {"text": "Opdigtet snak fra før."})
    await police.post(
        f"/referrals/{case}/gates", {"gate": "police_check", "result": "intet_til_hinder"}
    )
    letting = {"party": MUNICIPAL, "basis": "rpl-115-1-1", "reason": "Opdigtet grund."}
    await police.post(f"/referrals/{case}/parties", letting)
    seen = await person(world, MUNICIPAL).get(f"/referrals/{case}")
    types = [step["type"] for step in seen.body["timeline"]]
    assert types == ["referral.sent.v1", "referral.party-let-in.v2", "referral.opened.v1"]
    assert "snak fra før" not in str(seen.body)
    assert seen.headers["etag"] == '"3"'


async def test_who_has_no_office_gets_nowhere(world: World, doors: Doors) -> None:
    """A login alone opens nothing: without an office there is no way in at any door."""
    nobody = person(world, WITHOUT_OFFICE, SSP)
    case = await accepted(world)
    async with nothing_written(world.platform):
        for door in doors.operations:
            if door.service != "referrals":
                continue
            slug = "not-an-operator" if door.template.startswith("/op") else "no-office"
            refused(await _asked(nobody, door, case), slug, 403)


async def test_a_colleague_is_one_of_the_own_unit(world: World) -> None:
    """It is assigned to who holds an office in the unit that holds it, and to nobody else."""
    case, police = await received(world), person(world, POLICE)
    async with nothing_written(world.platform):
        for who in (SSP, WITHOUT_OFFICE):
            body = {"subject": subject_of(who)}
            answer = await knock(police, "POST", f"/referrals/{case}/assignment", body)
            refused(answer, "not-a-colleague", 422)
    body = {"subject": subject_of(f"{POLICE}-2")}
    await police.post(f"/referrals/{case}/assignment", body)
    seen = await person(world, f"{POLICE}-2").get(f"/referrals/{case}")
    assert seen.body["mine"]
