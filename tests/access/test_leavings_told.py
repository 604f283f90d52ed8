"""Who is told that information leaves § 115, how soon, and when it is late."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.kernel.ids import BasisId
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.moving import moved_on
from tests.access.scenes import asked, fact_of
from tests.access.work_lists import claimed, kinds, listed, peopled
from tests.referrals.ways import BANDEEXIT

LEAVING = {
    "basis": "fare-for-liv-eller-helbred",
    "receiver": "Vagthavende",
    "what": "At han er på vej op på broen.",
    "reason": "Ellers dør han.",
}
AT_ONCE, LATER = {**LEAVING, "life_at_stake": True}, {**LEAVING, "life_at_stake": False}
NOBODY_ELSE = ("hanne", "carl", "anna", "arne", "jette", "mogens", "dpo", "dpo odder")
BEFORE, AFTER = timedelta(hours=23, minutes=55), timedelta(minutes=10)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


async def _told(here: Hall, person: str) -> list[Any]:
    items = (await listed(here, person))["items"]
    return [each for each in items if each["kind"] == "leaving_approval"]


async def test_the_leader_is_told_at_once_where_life_is_at_stake(here: Hall) -> None:
    """It is on the leader's list as soon as it is asked for, and late after 24 hours."""
    case = await claimed(here)
    await asked(here, "hanne", "leavings", case, AT_ONCE)
    (item,) = await _told(here, "lis")
    assert (item["referral"], item["id"]) == (case, await fact_of(here, case, "leaving-asked"))
    by, since = (datetime.fromisoformat(item[name]) for name in ("due", "since"))
    assert abs(by - since - timedelta(hours=24)) < timedelta(seconds=5)
    assert not item["overdue"]
    moved_on(here, BEFORE)
    assert not (await _told(here, "lis"))[0]["overdue"]
    moved_on(here, AFTER)
    assert (await _told(here, "lis"))[0]["overdue"]


async def test_nobody_else_is_told_of_it(here: Hall) -> None:
    """Neither who asked nor any colleague, other party, oversight or stranger has it on a list."""
    case = await claimed(here)
    await asked(here, "hanne", "leavings", case, AT_ONCE)
    await asked(here, "hanne", "leavings", case, LATER)
    assert len(await _told(here, "lis")) == 2
    for person in NOBODY_ELSE:
        assert await _told(here, person) == [], person


async def test_what_is_not_urgent_is_never_late(here: Hall) -> None:
    """Where no life is at stake nothing leaves before it is approved, so no hour is set for it."""
    case = await claimed(here)
    await asked(here, "hanne", "leavings", case, LATER)
    moved_on(here, timedelta(days=3))
    (item,) = await _told(here, "lis")
    assert (item["due"], item["overdue"]) == (None, False)


async def test_an_answer_takes_it_off_the_list(here: Hall) -> None:
    """Approved or refused, it waits for nobody."""
    case = await claimed(here)
    await asked(here, "hanne", "staff", case, {"subject": "lis"})
    for answer, body in (("approval", {}), ("refusal", {"reason": "Det kan vente."})):
        await asked(here, "hanne", "leavings", case, AT_ONCE)
        assert len(await _told(here, "lis")) == 1
        its_id = await fact_of(here, case, "leaving-asked")
        await asked(here, "lis", f"leavings/{its_id}/{answer}", case, body)
        assert await _told(here, "lis") == []


async def test_of_a_secret_case_an_unnamed_leader_is_told_nothing(here: Hall) -> None:
    """Where the case is hidden from the leader, so is all that waits on it; named, it is not."""
    case = await _secret_on_115(here)
    await asked(here, "erik", "claim", case)
    await asked(here, "erik", "leavings", case, AT_ONCE)
    assert await kinds(here, "liva") == []
    assert (await here.ask("liva", "GET", f"/referrals/{case}")).status_code == HTTPStatus.NOT_FOUND
    for person in ("erik", "ulla", "kirsten", "karen", "dpo"):
        assert await _told(here, person) == [], person
    await asked(here, "erik", "staff", case, {"subject": "liva"})
    assert [each["referral"] for each in await _told(here, "liva")] == [case]


async def _secret_on_115(here: Hall) -> str:
    way = replace(BANDEEXIT, basis=BasisId("rpl-115-1-1"))
    body = {"programme": way.programme, "urgency": "hurtig", "intake": way.answers}
    case = str((await here.ask("kirsten", "POST", "/referrals", body)).json()["referral"])
    sending = {"addressee": way.addressee, "basis": way.basis, "purpose": way.purpose}
    sending |= {"necessity": "Fordi det er nødvendigt.", "basis_reason": "Han kan ikke spørges."}
    await asked(here, "kirsten", "sending", case, sending)
    await here.delivered(UUID(case))
    return case
