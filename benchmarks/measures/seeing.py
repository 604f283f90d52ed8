"""How soon after a fact was stored does a read show it: here, and in another service?

From the stamp that the store put on the fact to the whole answer of a read that waited for it. So
the commit, the command's own answer and the read with its token and its offices are in it.
"""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.knocking import Knocking, knocking, written
from benchmarks.load import Ask, at_rate
from benchmarks.rows import Row, at_most, percentile
from benchmarks.run import Run
from benchmarks.town import Town
from shared.api.tokens import ANSWERED_IN, ASKED_IN
from shared.eventstore.sqlite_log import SqliteLog
from shared.kernel.clock import read
from tests.doors.cases import DRAFT
from tests.doors.people import SSP

SECONDS = 14
SAMPLED = 8
"""Every so manieth command is followed by a read here, and the one after it by a read there."""
CONNECTIONS = 64
NOT_YET = 503
NOBODY = "00000000-0000-4000-8000-000000000000"
BODY = json.dumps(DRAFT).encode()
Look = Callable[[str, dict[str, str]], Awaitable[None]]


@dataclass
class Looking:
    """Two services, and when each sampled referral was seen in one of them."""

    here: Knocking
    there: Knocking
    headers: dict[str, str]
    seen_here: dict[str, datetime] = field(default_factory=dict)
    seen_there: dict[str, datetime] = field(default_factory=dict)

    def drafts(self, count: int) -> Iterator[Ask]:
        """Give *count* commands, some of them followed by a look."""
        looks = {0: self._look_here, 1: self._look_there}
        for number in range(count):
            yield partial(self._draft, number, looks.get(number % SAMPLED))

    async def _draft(self, number: int, look: Look | None) -> None:
        own = {**self.headers, "Idempotency-Key": f"seeing-{number}"}
        answer = await self.here.ask(written("POST", "/referrals", own, BODY), 201)
        if look is not None:
            waiting = {**self.headers, ASKED_IN: answer.headers[ANSWERED_IN.lower()]}
            await look(json.loads(answer.body)["referral"], waiting)

    async def _look_here(self, referral: str, waiting: dict[str, str]) -> None:
        request = written("GET", "/sent?size=1", waiting)
        self.seen_here[referral] = await _until_there(self.here, request)

    async def _look_there(self, referral: str, waiting: dict[str, str]) -> None:
        request = written("GET", f"/items/{NOBODY}", waiting)
        self.seen_there[referral] = await _until_there(self.there, request)


async def _until_there(service: Knocking, request: bytes) -> datetime:
    while (await service.ask(request)).status == NOT_YET:
        continue
    return datetime.now(UTC)


async def seeing(run: Run, town: Town, rate: float) -> list[Row]:
    """Ask at *rate* for some seconds, and look."""
    urls = [town.platform.url(each) for each in ("referrals", "councils")]
    async with knocking(urls[0], CONNECTIONS) as here, knocking(urls[1], CONNECTIONS) as there:
        looking = Looking(here, there, await town.headers(SSP))
        count = run.count(int(rate * SECONDS))
        await at_rate(looking.drafts(count), rate, run.dice("seeing"))
    store = town.platform.var / "referrals" / "events.db"
    own = await _ages(store, looking.seen_here)
    others = await _ages(store, looking.seen_there)
    at = f"at half load ({rate:.0f} commands/s)"
    return [
        Row(f"append → own view, {at}, p50", percentile(own, 0.5), "ms"),
        Row(f"append → own view, {at}, p99", percentile(own, 0.99), "ms", at_most(50)),
        Row(f"append → councils' view, {at}, p50", percentile(others, 0.5), "ms"),
        Row(f"append → councils' view, {at}, p99", percentile(others, 0.99), "ms", at_most(250)),
    ]


async def _ages(store: Path, seen: dict[str, datetime]) -> list[float]:
    """Give the milliseconds between the stamp of each referral's first fact and its being seen."""
    log = SqliteLog.open(store)
    try:
        stamps = {each: await log.read_stream(f"referral-{each}") for each in seen}
    finally:
        await log.close()
    return [
        (seen[each] - read(json.loads(facts[0].metadata)["recorded_at"])).total_seconds() * 1000
        for each, facts in stamps.items()
    ]
