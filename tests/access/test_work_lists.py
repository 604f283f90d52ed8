"""What stands first on a work list, however much stands on it; and what is said with each item."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.referrals.api.tasks import MOST
from shared.reads.reading import Reading
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.moving import moved_to
from tests.access.scenes import asked, fact_of, sent
from tests.access.work_lists import (
    WHY,
    claimed,
    kinds,
    listed,
    multiplied,
    peopled,
    set_task,
    until_told,
)
from tests.reads.noted import noted
from tests.referrals.ways import BANDEEXIT, PSP

LEAVING = {
    "basis": "fare-for-liv-eller-helbred",
    "receiver": "Vagthavende",
    "what": "At han er på vej op på broen.",
    "reason": "Ellers dør han.",
    "life_at_stake": True,
}
CONTROL = {"Kredslob_Purpose": "data_protection"}
SINCE, LAPSED = "2026-11-01", datetime(2027, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


async def test_what_waits_comes_in_this_order(here: Hall) -> None:
    """Unreviewed glass, then what leaves § 115, then tries, then everything by when it is due.

    Each finds what is theirs: the owner, who leads the unit, and who looks after data protection.
    """
    case = await claimed(here)
    protection = {"kind": "name_and_address", "since": SINCE}
    await asked(here, "hanne", "address-protection", case, protection, method="PUT")
    moved_to(here, LAPSED)
    for days in (2, 1):
        await set_task(here, "hanne", case, "tovholder", days=days)
    await set_task(here, "hanne", case, "leader", hours=1)
    await here.ask("mogens", "GET", f"/referrals/{case}")
    await until_told(here, "hanne", "try_noticed")
    await asked(here, "hanne", "leavings", case, LEAVING)
    await asked(here, "lis", "broken-glass", case, WHY)
    last = ["protection_lapsed", "task", "task"]
    assert await kinds(here, "hanne") == ["glass_review", "try_noticed", *last]
    due = [each["due"] for each in (await listed(here, "hanne"))["items"] if each["due"]]
    assert due == sorted(due)
    order = ["glass_review", "leaving_approval", "try_noticed", "task"]
    assert await kinds(here, "lis") == order
    assert await kinds(here, "dpo") == ["glass_review", "try_noticed"]
    await _reviewed(here, case)
    assert await kinds(here, "hanne") == ["try_noticed", *last]
    assert await kinds(here, "lis") == order[1:]
    assert await kinds(here, "dpo") == ["try_noticed"]


async def _reviewed(here: Hall, case: str) -> None:
    glass = await fact_of(here, case, "glass-broken")
    path, judged = f"/referrals/{case}/broken-glass/{glass}/review", {"justified": True}
    done = await here.ask("dpo", "POST", path, judged, **CONTROL)
    assert done.is_success, done.text


async def test_no_number_of_tasks_hides_broken_glass(here: Hall) -> None:
    """Glass is first for the owner and the officer for data protection, and is told to be cut off.

    So is what is due soonest: the list begins with what hurries, whatever lies before it.
    """
    ordinary, case = await claimed(here), await claimed(here)
    await set_task(here, "hanne", ordinary, "tovholder", days=3)
    urgent = await set_task(here, "hanne", case, "tovholder", days=2)
    await here.shown()
    await multiplied(here, ordinary, PSP.taker, MOST + 1)
    await asked(here, "lis", "broken-glass", case, WHY)
    for person in ("hanne", "dpo"):
        first = (await listed(here, person))["items"][0]
        assert (first["kind"], first["referral"]) == ("glass_review", case), person
    answer = await listed(here, "hanne")
    assert (len(answer["items"]), answer["more"]) == (MOST, True)
    assert datetime.fromisoformat(answer["items"][1]["due"]) == urgent
    seen_by_dpo = await listed(here, "dpo")
    assert (len(seen_by_dpo["items"]), seen_by_dpo["more"]) == (1, False)
    await _reviewed(here, case)
    assert await kinds(here, "dpo") == []
    assert set(await kinds(here, "hanne")) == {"task"}


async def test_what_waits_for_others_hides_nothing(here: Hall) -> None:
    """However many cases have something for other offices, one's own most urgent comes first."""
    ordinary, case = await claimed(here), await claimed(here)
    await set_task(here, "hanne", ordinary, "leader", hours=1)
    for _ in range(2):
        await set_task(here, "hanne", ordinary, "tovholder", days=3)
    await set_task(here, "hanne", case, "tovholder", days=2)
    await here.shown()
    await multiplied(here, ordinary, PSP.taker, MOST + 1)
    answer = await listed(here, "hanne")
    assert answer["items"][0]["referral"] == case
    assert (len(answer["items"]), answer["more"]) == (MOST, True)


async def test_a_list_that_is_whole_says_so(here: Hall) -> None:
    """As many as fit are shown, and then there is nothing more."""
    case = await claimed(here)
    await set_task(here, "hanne", case, "tovholder", days=3)
    await here.shown()
    await multiplied(here, case, PSP.taker, MOST - 1)
    answer = await listed(here, "hanne")
    assert (len(answer["items"]), answer["more"]) == (MOST, False)
    assert len({each["referral"] for each in answer["items"]}) == MOST


async def test_what_is_seen_through_broken_glass_says_so(here: Hall) -> None:
    """Each item of a case that somebody sees by a broken glass alone carries the banner."""
    case, other = await claimed(here), await claimed(here)
    for each in (case, other):
        await set_task(here, "hanne", each, "leader", days=1)
        await set_task(here, "hanne", each, "tovholder", days=1)
    await asked(here, "lis", "broken-glass", case, WHY)
    items = (await listed(here, "lis"))["items"]
    assert {each["kind"] for each in items} == {"glass_review", "task"}
    for item in items:
        assert (item["banner"] is not None) == (item["referral"] == case)
    (banner,) = {tuple(each["banner"].items()) for each in items if each["banner"]}
    assert dict(banner)["da"].startswith("Nødadgang")
    assert all(each["banner"] is None for each in (await listed(here, "hanne"))["items"])
    assert all(each["banner"] is None for each in (await listed(here, "dpo"))["items"])


async def test_what_was_shared_under_115_is_marked(here: Hall) -> None:
    """Each item of such a case says that no investigation may use it; of another none does."""
    case = await claimed(here)
    await set_task(here, "hanne", case, "tovholder", days=1)
    await asked(here, "lis", "broken-glass", case, WHY)
    for person in ("hanne", "lis", "dpo"):
        for item in (await listed(here, person))["items"]:
            assert item["marking"]["da"] == "må ikke anvendes til efterforskning", person
    secret = await sent(here, "kirsten", BANDEEXIT)
    await set_task(here, "kirsten", secret, "caseworker", days=1)
    (item,) = (await listed(here, "kirsten"))["items"]
    assert item["marking"] is None


async def test_the_log_names_what_stood_on_the_list(here: Hall) -> None:
    """Of each referral those fields that were shown, and no words of a task where none were."""
    case = await claimed(here)
    await set_task(here, "hanne", case, "tovholder", days=1)
    await asked(here, "lis", "broken-glass", case, WHY)
    for person, shown in (("hanne", True), ("dpo", False)):
        await listed(here, person)
        (objects,) = (await _last_read(here)).objects
        assert objects.ids == (f"referral:{case}",)
        assert {"kind", "since", "marking"} <= set(objects.fields)
        assert ({"what", "due"} <= set(objects.fields)) is shown
        assert "banner" not in objects.fields


async def _last_read(here: Hall) -> Reading:
    return (await noted(here.wiring.reads))[-1]
