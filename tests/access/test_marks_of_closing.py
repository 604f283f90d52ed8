"""A view that has closed says how and when, at the door and on the list (issue 4, part 3)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from shared.kernel.clock import read
from shared.rulebook.content import Rulebook
from tests.access.hall import Hall
from tests.access.moving import moved_on
from tests.access.scenes import (
    asked,
    fact_of,
    let_in,
    one_in_each_unit,
    seen,
    sent,
    taken_on,
    written,
)
from tests.referrals.ways import BANDEEXIT, INFOHUS, PSP

WHY = {"reason": "Familien er flyttet."}
DAYS = timedelta(days=3)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Hall]:
    """Give a hall with one person in each unit."""
    async with one_in_each_unit(tmp_path, rulebook) as running:
        yield running


@dataclass(frozen=True)
class Mark:
    """How a view has closed, in both languages, and the fact that closed it."""

    kind: str
    da: str
    en: str
    by: str


WITHDRAWN = Mark("withdrawn", "trukket tilbage", "withdrawn", "withdrawn")
TAKEN_BACK = Mark(
    "consent_withdrawn", "samtykke tilbagekaldt", "consent withdrawn", "consent-withdrawn"
)
TAKEN_OVER = Mark("taken_over", "lukket – overdraget", "closed – handed over", "taken-over")
LEFT = Mark("left", "udtrådt", "left", "party-left")


async def _is_marked(here: Hall, case: str, mark: Mark, *people: str) -> None:
    """Hold what each of them sees to the kind of closing, and to the moment of its fact."""
    moment = await _moment(here, case, mark.by)
    await _a_day_passes(here)
    for person in people:
        closed = (await seen(here, person, case))["closed"]
        told = (closed["kind"], closed["da"], closed["en"])
        assert told == (mark.kind, mark.da, mark.en), person
        assert datetime.fromisoformat(closed["at"]) == moment, person
        for path in ("/inbox", "/sent"):
            for line in (await here.see(person, path)).json()["items"]:
                assert line["closed"] == closed, person


async def _a_day_passes(here: Hall) -> None:
    """So neither the day of sending nor today is the day of closing."""
    await here.shown()
    moved_on(here, timedelta(days=1))


async def _moment(here: Hall, case: str, kind: str) -> datetime:
    its_id = await fact_of(here, case, kind)
    (fact,) = [each for each in await here.stream_of(UUID(case)) if str(each.id) == its_id]
    return read(json.loads(fact.metadata)["recorded_at"])


async def test_a_withdrawal_is_marked_with_its_day(here: Hall) -> None:
    """All who took part see that it was taken back and when; who had taken it on as well."""
    case = await sent(here, "anna", PSP)
    await let_in(here, "hanne", case, PSP)
    await taken_on(here, "hanne", case)
    moved_on(here, DAYS)
    await asked(here, "anna", "withdrawal", case, WHY)
    await _is_marked(here, case, WITHDRAWN, "anna", "hanne", "jette")


async def test_a_consent_taken_back_is_marked_with_its_day(here: Hall) -> None:
    """All whose views close with it see that it was taken back, and when that was noted."""
    case = await sent(here, "kirsten", BANDEEXIT)
    await let_in(here, "erik", case, BANDEEXIT)
    consent = await fact_of(here, case, "consent-recorded")
    moved_on(here, DAYS)
    back = {"withdrawn_on": "2026-11-02"}
    await asked(here, "kirsten", f"consents/{consent}/withdrawal", case, back)
    await _is_marked(here, case, TAKEN_BACK, "kirsten", "erik", "olga")


async def test_a_takeover_is_marked_with_its_day(here: Hall) -> None:
    """All but who took it over see that it is handed over, and when."""
    case = await sent(here, "finn", INFOHUS)
    await let_in(here, "ib", case, INFOHUS)
    await taken_on(here, "ib", case)
    moved_on(here, DAYS)
    await asked(here, "ib", "closing", case, {"outcome": "overdraget_til_politiet"})
    await _is_marked(here, case, TAKEN_OVER, "finn", "rita")
    assert (await seen(here, "ib", case))["closed"] is None


async def test_a_leaving_is_marked_with_its_day(here: Hall) -> None:
    """Who leaves sees that and when; the mark stays, whatever the others do afterwards."""
    case = await sent(here, "anna", PSP)
    await let_in(here, "hanne", case, PSP)
    moved_on(here, DAYS)
    await asked(here, "jette", "leaving", case, WHY)
    await _a_day_passes(here)
    await written(here, "hanne", case, "Vi fortsætter uden dem.")
    await asked(here, "anna", "withdrawal", case, WHY)
    await _is_marked(here, case, LEFT, "jette")
