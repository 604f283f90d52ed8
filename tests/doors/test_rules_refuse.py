"""What the rulebook does not know, or does not allow, is refused: each with a name of its own."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.doors.cases import (
    CHECKED,
    DRAFT,
    FOR_EXIT,
    LETTING_IN,
    SENDING,
    TO_EXIT,
    accepted,
    draft,
    drafted,
    received,
)
from tests.doors.knocking import knock, nothing_written, refused
from tests.doors.people import FAVRSKOV, POLICE, PREVENTION, PROBATION, SSP, person
from tests.journeys.world import World


@pytest.mark.parametrize(
    ("changed", "slug"),
    [
        ({"addressee": "never-was"}, "unknown-unit"),
        ({"addressee": ""}, "unknown-unit"),
        ({"addressee": None}, "unknown-unit"),
        ({"addressee": "norddjurs-ssp"}, "no-such-route"),
        ({"addressee": "oestjyllands-politi-exit"}, "no-such-route"),
        ({"addressee": "infohus-randers"}, "not-covered"),
        ({"outside": "Opdigtet Kommune"}, "two-receivers"),
        ({"basis": "samtykke"}, "basis-not-of-route"),
        ({"basis": ""}, "basis-not-of-route"),
        ({"purpose": "efterforskning"}, "purpose-not-of-route"),
    ],
    ids=str,
)
async def test_only_the_ways_of_the_rulebook_are_open(
    world: World, changed: Mapping[str, Any], slug: str
) -> None:
    """A referral goes to a unit there is, by a route, on a basis and for a purpose of it."""
    case, ssp = await drafted(world), person(world, SSP)
    async with nothing_written(world.platform):
        answer = await knock(ssp, "POST", f"/referrals/{case}/sending", {**SENDING, **changed})
        refused(answer, slug, 422)
    assert (await ssp.get(f"/referrals/{case}")).body["stage"] == "draft"


async def test_a_programme_there_is_not_takes_no_draft(world: World) -> None:
    """A draft names a programme that is in force."""
    async with nothing_written(world.platform):
        for name in ("never-was", "", "INFOHUS"):
            body = {**DRAFT, "programme": name}
            answer = await knock(person(world, SSP), "POST", "/referrals", body)
            refused(answer, "unknown-programme", 422)


async def test_a_person_that_others_know_is_unknown(world: World) -> None:
    """An id of somebody else's files names nobody, alike for one that never was."""
    async with nothing_written(world.platform):
        for name in ("never-was", "0" * 64):
            known = {**DRAFT, "known_as": name}
            answer = await knock(person(world, SSP), "POST", "/referrals", known)
            refused(answer, "unknown-person", 422)
        long = {**DRAFT, "known_as": "x" * 65}
        refused(await knock(person(world, SSP), "POST", "/referrals", long), "malformed-body", 422)


async def test_who_covers_is_unknown_until_somebody_says_why(world: World) -> None:
    """Where the plan is silent about coverage the sender says why this one was chosen."""
    case, favrskov = await drafted(world, FAVRSKOV), person(world, FAVRSKOV)
    how = {**SENDING, "addressee": "infohus-randers"}
    async with nothing_written(world.platform):
        answer = await knock(favrskov, "POST", f"/referrals/{case}/sending", how)
        refused(answer, "coverage-unknown", 422)


async def test_an_age_that_the_route_does_not_take_is_refused(world: World) -> None:
    """An age limit names the rule that was applied and the lawful way on, in both languages."""
    police, today = person(world, PREVENTION), world.clock.now().date()
    intake = {
        "name": "Opdigtet Barn",
        "birth_date": (today - timedelta(days=365 * 16 + 100)).isoformat(),
        "act_date": today.isoformat(),
        "category": "anden_alvorlig",
        "statute": "vaabenloven",
        "risk_assessment": "Opdigtet.",
        "facts": "Opdigtet.",
    }
    case = await draft(police, "ukn", intake)
    to_the_board = {"addressee": "ukn-sekretariat", "basis": "ukn-lov-11"}
    how = {**SENDING, **to_the_board, "purpose": "maalrettet-indsats"}
    async with nothing_written(world.platform):
        told = refused(
            await knock(police, "POST", f"/referrals/{case}/sending", how), "age-not-taken", 422
        )
    assert told["rule"] == "ukn-politi-10-14"
    assert "§ 10" in told["da"]
    assert "s. 10" in told["detail"]


async def test_consent_is_as_the_programme_asks_for_it(world: World) -> None:
    """A consent has the form of the programme, names authorities there are, and is not of later."""
    probation = person(world, PROBATION)
    case = await draft(probation, "bandeexit", {"name": "Opdigtet Kandidat"})
    today = world.clock.now().date()
    good = {
        "scope": "Opdigtet samtykke.",
        "receivers": ["oestjyllands-politi"],
        "form": "written",
        "given_on": today.isoformat(),
    }
    path = f"/referrals/{case}/consents"
    async with nothing_written(world.platform):
        for changed, slug in (
            ({"form": "oral"}, "consent-form-not-taken"),
            ({"given_on": (today + timedelta(days=2)).isoformat()}, "consent-in-future"),
            ({"receivers": ["never-was"]}, "unknown-authority"),
            ({"receivers": []}, "malformed-body"),
            ({"form": "guessed"}, "malformed-body"),
            ({"given_on": "0000-01-01"}, "malformed-body"),
        ):
            refused(await knock(probation, "POST", path, {**good, **changed}), slug, 422)
    await probation.post(path, good)


async def test_secret_cases_are_refused_like_others(world: World) -> None:
    """Without consent, and without another basis chosen with a reason, it is not sent."""
    probation = person(world, PROBATION)
    case = await draft(probation, "bandeexit", FOR_EXIT)
    path = f"/referrals/{case}/sending"
    async with nothing_written(world.platform):
        on_consent = {**TO_EXIT, "basis": "samtykke"}
        refused(await knock(probation, "POST", path, on_consent), "consent-missing", 422)
        without = {**TO_EXIT, "basis_reason": None}
        refused(await knock(probation, "POST", path, without), "basis-reason-missing", 422)


async def test_answers_are_those_of_the_programme(world: World) -> None:
    """Reasons for declining and outcomes are the programme's own, and the refusal lists them."""
    police, case = person(world, POLICE), await received(world)
    async with nothing_written(world.platform):
        for reason in ("never-was", "", "samtale"):
            answer = await knock(police, "POST", f"/referrals/{case}/decline", {"reason": reason})
            told = refused(answer, "unknown-decline-reason", 422)
            assert "andet_infohus" in told["reasons"]
    case = await accepted(world)
    async with nothing_written(world.platform):
        for outcome in ("never-was", "", "andet_infohus"):
            answer = await knock(police, "POST", f"/referrals/{case}/closing", {"outcome": outcome})
            told = refused(answer, "unknown-outcome", 422)
            assert "samtale" in told["outcomes"]


async def test_a_check_is_one_of_the_programme(world: World) -> None:
    """A check that is demanded first is one of the programme, with one of its results."""
    police, case = person(world, POLICE), await received(world)
    path = f"/referrals/{case}/gates"
    async with nothing_written(world.platform):
        for changed in ({"gate": "never-was"}, {"result": "never-was"}, {"result": ""}):
            answer = await knock(police, "POST", path, {**CHECKED, **changed})
            refused(answer, "unknown-gate", 422)


async def test_who_is_let_in_is_let_in_lawfully(world: World) -> None:
    """A further unit is let in after the check, if the programme lets it in on that basis."""
    police, case = person(world, POLICE), await received(world)
    path = f"/referrals/{case}/parties"
    async with nothing_written(world.platform):
        refused(await knock(police, "POST", path, LETTING_IN), "gate-not-passed", 409)
    against = {**CHECKED, "result": "overdraget_til_politiet"}
    await police.post(f"/referrals/{case}/gates", against)
    async with nothing_written(world.platform):
        told = refused(await knock(police, "POST", path, LETTING_IN), "gate-not-passed", 409)
        assert told["gate"] == "police_check"
        assert told["da"] != told["detail"]
    await police.post(f"/referrals/{case}/gates", CHECKED)
    async with nothing_written(world.platform):
        for changed, slug, status in (
            ({"party": "never-was"}, "unknown-unit", 422),
            ({"party": "randers-infohus"}, "may-not-be-let-in", 422),
            ({"party": "region-midtjylland-psykiatri"}, "may-not-be-let-in", 422),
            ({"basis": "samtykke"}, "may-not-be-let-in", 422),
            ({"party": SSP}, "already-a-party", 409),
            ({"party": POLICE}, "already-a-party", 409),
            ({"reason": " x "}, "malformed-body", 422),
        ):
            answer = await knock(police, "POST", path, {**LETTING_IN, **changed})
            refused(answer, slug, status)
    await police.post(path, LETTING_IN)
    async with nothing_written(world.platform):
        refused(await knock(police, "POST", path, LETTING_IN), "already-a-party", 409)


async def test_what_cannot_be_done_now_names_what_can(world: World) -> None:
    """A move at the wrong stage is a conflict that says where it is and what can be done."""
    case, ssp = await drafted(world), person(world, SSP)
    async with nothing_written(world.platform):
        for path, body in (("resending", {"answer": "x"}), ("withdrawal", {"reason": "xyz"})):
            answer = await knock(ssp, "POST", f"/referrals/{case}/{path}", body)
            told = refused(answer, "not-possible-now", 409)
            assert told["stage"] == "draft"
            assert "send" in told["allowed"]
        sent_at = world.clock.now().isoformat()
        dispatch = {"how": "letter", "sent_at": sent_at}
        answer = await knock(ssp, "POST", f"/referrals/{case}/dispatches", dispatch)
        refused(answer, "not-possible-now", 409)
        refused(await knock(ssp, "PUT", f"/referrals/{case}/acceptance"), "not-the-addressee", 403)


async def test_who_has_an_account_answers_alone(world: World) -> None:
    """Where the receiver answers here, the sender records no receipt for it and does not close."""
    case, ssp = await received(world), person(world, SSP)
    now = world.clock.now().isoformat()
    async with nothing_written(world.platform):
        receipt = {"receipt": "Opdigtet.", "received_at": now}
        answer = await knock(ssp, "POST", f"/referrals/{case}/receipts", receipt)
        assert refused(answer, "not-possible-now", 409)["stage"] == "received"
        closing = await knock(ssp, "POST", f"/referrals/{case}/closing", {"outcome": "samtale"})
        refused(closing, "not-possible-now", 409)


async def test_a_moment_without_an_offset_is_none(world: World) -> None:
    """A moment is a text that names its offset; what might be any of several is refused."""
    case, ssp = await received(world), person(world, SSP)
    path = f"/referrals/{case}/calls"
    async with nothing_written(world.platform):
        for moment in ("2021-03-05T15:40:00", "2021-03-05", "nu", 12, "12", "2021-02-30T00:00:00Z"):
            call = {"whom": "Vagthavende", "called_at": moment}
            refused(await knock(ssp, "POST", path, call), "malformed-body", 422)
