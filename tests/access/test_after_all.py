"""What is still owed, and still kept safe, when sharing has ended."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path

import pytest

from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.scenes import asked, fact_of, let_in, seen, sent, taken_on
from tests.access.work_lists import kinds, peopled
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP

ADDRESS, LATELY = "Hemmelig Vej 1", "2026-11-02"
SISTER = "favrskov-familieafdeling"
"""A unit of the same authority as who sends to the infohus."""
AT_STAKE = {
    "basis": "fare-for-liv-eller-helbred",
    "receiver": "Vagthavende",
    "what": "At han er på vej op på broen.",
    "reason": "Ellers dør han.",
    "life_at_stake": True,
}
MASKED = {"masked": True}


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        for person, place, office in (
            ("jonna", PSP.further, "leader"),
            ("finn", INFOHUS.sender, "caseworker"),
            ("ib", INFOHUS.taker, "caseworker"),
            ("fie", SISTER, "caseworker"),
        ):
            await running.appoint(person, place, office)
        yield running


async def _left_at_once(here: Hall) -> tuple[str, str]:
    """Give a case of which something has left § 115, and what that is: its unit is gone since."""
    case = await sent(here, "anna", PSP)
    await let_in(here, "hanne", case, PSP)
    await asked(here, "jette", "leavings", case, AT_STAKE)
    await asked(here, "jette", "leaving", case, {"reason": "Vi er færdige."})
    return case, await fact_of(here, case, "leaving-asked")


@pytest.mark.parametrize(("said", "body"), [("approval", None), ("refusal", {"reason": "Nej."})])
async def test_who_leaves_still_owes_a_second_person(here: Hall, said: str, body: object) -> None:
    """What has left § 115 waits for who leads the unit until it is judged, whoever is gone (§8)."""
    case, leaving = await _left_at_once(here)
    assert await kinds(here, "jonna", case) == ["leaving_approval"]
    path = f"/referrals/{case}/leavings/{leaving}/{said}"
    asker = await here.ask("jette", "POST", path, body)
    assert asker.status_code == HTTPStatus.FORBIDDEN
    await asked(here, "jonna", f"leavings/{leaving}/{said}", case, body)
    assert await kinds(here, "jonna", case) == []


async def test_an_error_frees_nobody_of_the_second_person(here: Hall) -> None:
    """What was entered in error and has left § 115 all the same is judged all the same."""
    case = await sent(here, "anna", PSP)
    await asked(here, "anna", "leavings", case, AT_STAKE)
    leaving = await fact_of(here, case, "leaving-asked")
    await asked(here, "anna", "error", case, {"reason": "Forkert person."})
    assert await kinds(here, "arne", case) == ["leaving_approval"]
    await asked(here, "arne", f"leavings/{leaving}/approval", case)
    assert await kinds(here, "arne", case) == []


async def test_a_threat_masks_the_address_of_who_has_left(here: Hall) -> None:
    """A unit that keeps the concern of its authority is told of the protection, and of no step."""
    case = await sent(here, "finn", INFOHUS, address=ADDRESS)
    await let_in(here, "ib", case, INFOHUS, party=SISTER)
    await asked(here, "fie", "leaving", case, {"reason": "Vi er færdige."})
    before = await here.see("fie", f"/referrals/{case}")
    threat = {"kind": "threat", "since": LATELY}
    await asked(here, "ib", "address-protection", case, threat, method="PUT")
    after = await here.see("fie", f"/referrals/{case}")
    assert (before.json()["intake"]["address"], after.json()["intake"]["address"]) == (
        ADDRESS,
        MASKED,
    )
    assert after.json()["timeline"] == before.json()["timeline"]
    assert after.headers["ETag"] == before.headers["ETag"]
    revealed = await here.ask("fie", "POST", f"/referrals/{case}/address", {"reason": "Bare."})
    assert revealed.status_code == HTTPStatus.FORBIDDEN
    assert ADDRESS not in revealed.text


async def test_who_keeps_a_file_still_protects_its_address(here: Hall) -> None:
    """Who had accepted it keeps an address safe when the consent is gone, and tells nobody."""
    case = await sent(here, "kirsten", BANDEEXIT, contact=ADDRESS)
    await taken_on(here, "erik", case)
    consent = await fact_of(here, case, "consent-recorded")
    await asked(here, "kirsten", f"consents/{consent}/withdrawal", case, {"withdrawn_on": LATELY})
    assert (await seen(here, "erik", case))["intake"]["contact"] == ADDRESS
    threat = {"kind": "threat", "since": LATELY}
    await asked(here, "erik", "address-protection", case, threat, method="PUT")
    assert (await seen(here, "erik", case))["intake"]["contact"] == MASKED
    assert (await seen(here, "kirsten", case))["intake"]["contact"] == MASKED


@pytest.mark.parametrize("ending", ["consent", "error"])
async def test_who_keeps_a_file_still_keeps_people_out(here: Hall, ending: str) -> None:
    """A colleague who must not know of a case is kept out of what stays of it as well."""
    case = await sent(here, "kirsten", BANDEEXIT)
    await taken_on(here, "erik", case)
    consent = await fact_of(here, case, "consent-recorded")
    ends = {"withdrawn_on": LATELY} if ending == "consent" else {"reason": "Forkert."}
    what = f"consents/{consent}/withdrawal" if ending == "consent" else "error"
    await asked(here, "kirsten", what, case, ends)
    assert (await here.see("ulla", f"/referrals/{case}")).is_success
    await asked(here, "liva", "exclusions", case, {"subject": "ulla", "reason": "Hendes bror."})
    gone = await here.ask("ulla", "GET", f"/referrals/{case}")
    assert gone.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("hat", ["dpo", "sister"])
async def test_who_is_kept_out_is_so_in_every_hat(here: Hall, hat: str) -> None:
    """Excluded by one unit, a person finds nothing in another of the authority, nor overseeing.

    Not even where that unit takes part from later on; let back in, they find it in all of them.
    """
    place, office = ("favrskov-tilsyn", "dpo") if hat == "dpo" else (SISTER, "caseworker")
    await here.appoint("bo", INFOHUS.sender, "caseworker")
    await here.appoint("bo", place, office)
    await here.appoint("lotte", INFOHUS.sender, "leader")
    case = await sent(here, "finn", INFOHUS)
    about = {"subject": "bo", "reason": "Han er hans bror."}
    await asked(here, "lotte", "exclusions", case, about)
    await let_in(here, "ib", case, INFOHUS, party=SISTER)
    purpose = "insight" if hat == "dpo" else "handling"
    worn = {"Kredslob_Unit": place, "Kredslob_Purpose": purpose}
    hidden = await here.see("bo", f"/referrals/{case}", **worn)
    assert hidden.status_code == HTTPStatus.NOT_FOUND
    assert (await seen(here, "fie", case))["intake"] != {}
    await asked(here, "lotte", "readmissions", case, about)
    found = await here.see("bo", f"/referrals/{case}", **worn)
    assert found.is_success, found.text
