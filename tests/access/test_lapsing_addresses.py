"""The one year after which the protection of an address lapses, on the work list (law §16)."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from shared.rulebook.content import Rulebook
from shared.rulebook.days import COPENHAGEN
from tests.access.hall import Hall
from tests.access.moving import moved_to
from tests.access.scenes import asked, seen
from tests.access.work_lists import WHY, claimed, kinds, listed, peopled, set_task

SINCE, LAST_DAY = "2026-11-01", date(2027, 11, 1)
SECRET = "Hemmelig Vej 1"
PROTECTED = {"kind": "name_and_address", "since": SINCE}
FIRST_MOMENT, LAST_MOMENT = time(0, 5), time(23, 50)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with the people of these stories."""
    async with peopled(tmp_path, rulebook) as running:
        yield running


async def _protected(here: Hall) -> str:
    case = await claimed(here, address=SECRET)
    await asked(here, "anna", "address-protection", case, PROTECTED, method="PUT")
    return case


def _it_is(here: Hall, days: int, at: time) -> None:
    day = LAST_DAY + timedelta(days=days)
    moved_to(here, datetime.combine(day, at, COPENHAGEN))


async def test_the_lapse_is_told_from_its_last_day_on(here: Hall) -> None:
    """The day before nothing is said, on the last day that it ends, the day after that it has.

    Days are Danish. Told is that it lapses, and never the address.
    """
    case = await _protected(here)
    _it_is(here, -1, LAST_MOMENT)
    assert await kinds(here, "hanne") == []
    for days, at, overdue in ((0, FIRST_MOMENT, False), (0, LAST_MOMENT, False)):
        _it_is(here, days, at)
        (item,) = (await listed(here, "hanne"))["items"]
        assert (item["kind"], item["overdue"]) == ("protection_lapsed", overdue)
    _it_is(here, 1, FIRST_MOMENT)
    told = await listed(here, "hanne")
    (item,) = told["items"]
    assert (item["referral"], item["overdue"]) == (case, True)
    assert datetime.fromisoformat(item["due"]).astimezone(COPENHAGEN).date() == LAST_DAY
    assert SECRET not in str(told)
    assert (await seen(here, "hanne", case))["intake"]["address"] == {"masked": True}


async def test_what_else_waits_brings_it_no_sooner(here: Hall) -> None:
    """A case that is on the list for something else does not tell of a lapse before its day."""
    case = await _protected(here)
    await set_task(here, "hanne", case, "tovholder", days=3)
    _it_is(here, -1, LAST_MOMENT)
    assert await kinds(here, "hanne") == ["task"]
    _it_is(here, 0, FIRST_MOMENT)
    assert await kinds(here, "hanne") == ["task", "protection_lapsed"]


async def test_it_is_told_to_who_works_on_the_case(here: Hall) -> None:
    """Each party's own people on the case: no colleague, also by broken glass, and no oversight."""
    case = await _protected(here)
    _it_is(here, 1, FIRST_MOMENT)
    await asked(here, "lis", "broken-glass", case, WHY)
    for person in ("anna", "arne", "hanne"):
        assert "protection_lapsed" in await kinds(here, person), person
    for person in ("lis", "carl", "jette", "mogens", "dpo", "dpo odder"):
        assert "protection_lapsed" not in await kinds(here, person), person


async def test_it_is_gone_once_somebody_has_seen_to_it(here: Hall) -> None:
    """What was noted anew or has ended is told of no longer, nor what is of a case that is over."""
    renewed, ended, over = [await _protected(here) for _ in range(3)]
    _it_is(here, 1, FIRST_MOMENT)
    assert await kinds(here, "hanne") == ["protection_lapsed"] * 3
    anew = {**PROTECTED, "since": LAST_DAY.isoformat()}
    await asked(here, "hanne", "address-protection", renewed, anew, method="PUT")
    await asked(here, "hanne", "address-protection/end", ended, WHY)
    await set_task(here, "hanne", over, "tovholder", days=1)
    await asked(here, "hanne", "reception", over)
    await asked(here, "hanne", "acceptance", over, method="PUT")
    await asked(here, "hanne", "closing", over, {"outcome": "ingen_handling"})
    assert await kinds(here, "hanne") == ["task"]
