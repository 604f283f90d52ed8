"""For how long reads can be read: as the rulebook says for each regime, and for good by default."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.eventstore.memory import MemoryStore
from shared.kernel.clock import StandingClock, SystemClock
from shared.reads.log import ReadLog
from shared.rulebook.content import Rulebook, parse
from tests.audit.readers import AUDITOR, DPO, OFFICER, Officer, extract, items
from tests.audit.stage import Audit, audit

DAYS = 30
DECIDED = {"date": "2026-12-01", "by": "Kredsrådet", "reference": "Opdigtet referat"}
POLICE = "oestjyllands-politi"


@dataclass
class Long:
    """A case that two authorities, one of each regime, saw too long ago, and the first again."""

    here: Audit
    case: UUID

    async def control(self, who: str, **asked: str) -> int:
        """Give how many looks at the case somebody who controls is shown."""
        narrowed = {"object": f"referral:{self.case}", **asked}
        return len(await items(self.here, "/reads", who, **narrowed))


def kept_for(rulebook: Rulebook, **days: int) -> Rulebook:
    """Give the rulebook in which reads under these regimes can be read for so many days."""
    content: Any = rulebook.content
    said = {r: {"days": n, "decision": DECIDED, "source": "example"} for r, n in days.items()}
    return parse(_in_district(content, {**content["district"]["read_log"], **said}))


def _in_district(content: Mapping[str, Any], read_log: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**content, "district": {**content["district"], "read_log": read_log}}


@asynccontextmanager
async def seen_long_ago(var: Path, rulebook: Rulebook) -> AsyncIterator[Long]:
    """Give the case, under these rules."""
    async with audit(var, rulebook) as running:
        clock = StandingClock(SystemClock().now() - timedelta(days=DAYS, hours=1))
        store = MemoryStore(clock)
        here = replace(running, seen=ReadLog.over(store, running.wiring.ground.keys.reads))
        case = uuid4()
        await Officer(here).sees(case)
        await Officer(here, DPO, POLICE).sees(case)
        clock.forward(timedelta(hours=2))
        await Officer(here).sees(case)
        yield Long(here, case)


async def test_while_nobody_has_decided_everything_is_shown(
    tmp_path: Path, rulebook: Rulebook
) -> None:
    """The shipped rulebook says ``unknown`` for both regimes, and that closes nothing (law §21)."""
    assert {each.days for each in rulebook.district.read_log.values()} == {"unknown"}
    assert set(rulebook.district.read_log) == {"gdpr", "led"}
    async with seen_long_ago(tmp_path, rulebook) as long:
        assert (await long.control(AUDITOR), await long.control(DPO)) == (2, 1)


@pytest.mark.parametrize(
    ("days", "shown"), [({"gdpr": DAYS}, (1, 1)), ({"led": DAYS}, (2, 0)), ({"gdpr": 2}, (0, 1))]
)
async def test_each_regime_closes_its_own_after_its_days(
    tmp_path: Path, rulebook: Rulebook, days: dict[str, int], shown: tuple[int, int]
) -> None:
    """What is older is gone for who controls under that regime, and stays under the other."""
    async with seen_long_ago(tmp_path, kept_for(rulebook, **days)) as long:
        assert (await long.control(AUDITOR), await long.control(DPO)) == shown


async def test_no_door_shows_what_is_closed(tmp_path: Path, rulebook: Rulebook) -> None:
    """Neither one's own log, a whole authority's, an extract, nor who asks for a time before it."""
    async with seen_long_ago(tmp_path, kept_for(rulebook, gdpr=DAYS)) as long:
        assert len(await items(long.here, "/reads/mine", OFFICER)) == 1
        assert len(await items(long.here, f"/reads/of/{long.case}", AUDITOR)) == 1
        assert len((await extract(long.here, long.case))["items"]) == 1
        before = {"from": "2001-01-01T00:00:00Z", "unit": OFFICER}
        assert await long.control(AUDITOR, **before) == 1
