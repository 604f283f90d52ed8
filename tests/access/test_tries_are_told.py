"""Tries at what does not exist for somebody: told to its owner, and neither hidden nor shown."""

import asyncio
import copy
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.referrals.projections import tries
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall, hall
from tests.access.scenes import asked, sent
from tests.referrals.ways import PSP

NOTICED = "referral.try-noticed.v1"
OFFICES = (
    ("anna", PSP.sender, "caseworker"),
    ("hanne", PSP.taker, "tovholder"),
    ("lis", PSP.taker, "leader"),
    ("carl", PSP.taker, "caseworker"),
    ("outsider", "aarhus-ssp", "caseworker"),
)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with people of both sides and somebody of neither."""
    async with hall(tmp_path, rulebook) as running:
        for person, place, office in OFFICES:
            await running.appoint(person, place, office)
        yield running


async def tried(here: Hall, case: str) -> None:
    """Let the outsider try at a referral."""
    assert (await here.ask("outsider", "GET", f"/referrals/{case}")).status_code == 404


async def noticed(here: Hall, case: str) -> None:
    """Return when a try at a referral was told to its owner."""
    store = here.wiring.ground.store
    async with asyncio.timeout(30):
        while True:
            head = await store.head()
            if any(each.type == NOTICED for each in await here.stream_of(UUID(case))):
                return
            await store.wait(head)


async def test_tries_that_cannot_be_told_hold_up_no_other(
    here: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many stand before it in whatever order, one that can be told is told."""
    monkeypatch.setattr(tries, "AT_ONCE", 1)
    over = [await sent(here, "anna", PSP) for _ in range(4)]
    for case in over:
        await asked(here, "anna", "error", case, {"reason": "Fejl, glem den."})
        await tried(here, case)
    target = await sent(here, "anna", PSP)
    await tried(here, target)
    await noticed(here, target)


async def test_a_try_moves_neither_feed_nor_version(here: Hall) -> None:
    """Whoever tried is perhaps in the very unit: what they may see there looks as before."""
    case = await sent(here, "anna", PSP)
    await asked(here, "hanne", "claim", case)
    before = await here.see("carl", f"/referrals/{case}")
    news = (await here.see("carl", "/changes")).json()["items"]
    await tried(here, case)
    await noticed(here, case)
    assert (await here.see("carl", "/changes")).json()["items"] == news
    after = await here.see("carl", f"/referrals/{case}")
    assert (after.headers["ETag"], after.json()) == (before.headers["ETag"], before.json())
    (told,) = (await here.see("lis", "/tasks")).json()["items"]
    assert (told["kind"], told["referral"]) == ("try_noticed", case)


async def test_a_party_without_a_profile_does_nothing(here: Hall, rulebook: Rulebook) -> None:
    """Who by the newest rules sees nothing of a case acts in nothing: it is as what never was."""
    case, content = await sent(here, "anna", PSP), copy.deepcopy(rulebook.content)
    psp: Any = content["programmes"]["psp"]  # type: ignore[index,call-overload]  # JSON
    psp["disclosure"] = [each for each in psp["disclosure"] if each["role"] != "sender"]
    await here.activate(content)
    body = {"text": "Er der nogen?"}
    there = await here.ask("anna", "POST", f"/referrals/{case}/messages", body)
    never = await here.ask("anna", "POST", f"/referrals/{uuid4()}/messages", body)
    assert (there.status_code, there.json()) == (404, never.json())
