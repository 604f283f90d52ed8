"""What does it cost that every read is noted before its answer leaves?

The same process answers the same reads with its log and without, in turn. Between rounds it is
waited until what was noted has come to the audit, so that nobody pays for another's round.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import NamedTuple

from benchmarks.knocking import Knocking, knocking, written
from benchmarks.load import Timed, flat_out
from benchmarks.machine import worked
from benchmarks.rows import Row, at_least, at_most, ratio
from benchmarks.run import Run
from benchmarks.town import Town, town
from shared.platform.layout import LOGIN
from tests.doors.cases import DRAFT
from tests.doors.people import SSP

CLIENTS = 8
ROUNDS, ALONE, TOGETHER = 5, 150, 400
WARM = 100
PAGE = 50
STILL, LOOK, LOOKS = 0.04, 0.4, 40
"""Nobody works where all together were on a core for less than this in so many seconds."""
BODY = json.dumps(DRAFT).encode()


class Side(NamedTuple):
    """The same reads either noted or not: how long they took, and the service on a core for one."""

    timed: Timed
    on_core: float


class Pair(NamedTuple):
    """One round: the same reads noted and not."""

    noted: Side
    bare: Side


@dataclass(frozen=True)
class Reads:
    """One kind of read, asked over and over."""

    here: Town
    client: Knocking
    request: bytes

    async def round(self, count: int, clients: int, *, first: bool) -> Pair:
        """Give one round; which side is *first* changes, so that none always follows the other."""
        sides = {each: await self._side(count, clients, noted=each) for each in (first, not first)}
        return Pair(sides[True], sides[False])

    async def _side(self, count: int, clients: int, *, noted: bool) -> Side:
        switch = written("PUT", f"/noting/{str(noted).lower()}", {})
        await self.client.ask(switch, 204)
        asks = (partial(self.client.ask, self.request, 200) for _ in range(count))
        service = self.here.pids["referrals"]
        before = worked(service)
        timed = await flat_out(asks, clients)
        on_core = (worked(service) - before) / count
        await _still(self.here)
        return Side(timed, on_core)


async def noting(run: Run) -> list[Row]:
    """Read one referral, and a page of fifty, alone and eight at a time."""
    place = run.place("noting")
    async with (
        town(place, module="benchmarks.unlogged") as here,
        knocking(here.platform.url("referrals"), CLIENTS) as client,
    ):
        headers = {**await here.headers(SSP), "Kredslob-Purpose": "handling"}
        referral, *_ = [await _drafted(client, headers, number) for number in range(PAGE)]
        rows = []
        for name, path in (
            ("GET of a referral", f"/referrals/{referral}"),
            (f"GET of a page of {PAGE}", f"/sent?size={PAGE}"),
        ):
            reads = Reads(here, client, written("GET", path, headers))
            rows += await _measured(run, name, reads)
        return rows


async def _drafted(client: Knocking, headers: dict[str, str], number: int) -> str:
    own = {**headers, "Idempotency-Key": f"noting-{number}"}
    answer = await client.ask(written("POST", "/referrals", own, BODY), 201)
    referral: str = json.loads(answer.body)["referral"]
    return referral


async def _measured(run: Run, name: str, reads: Reads) -> list[Row]:
    await reads.round(run.count(WARM), CLIENTS, first=True)
    alone = [
        await reads.round(run.count(ALONE), 1, first=bool(number % 2)) for number in range(ROUNDS)
    ]
    together = [
        await reads.round(run.count(TOGETHER), CLIENTS, first=bool(number % 2))
        for number in range(ROUNDS)
    ]
    return _rows(name, alone, together)


def _rows(name: str, alone: Sequence[Pair], together: Sequence[Pair]) -> list[Row]:
    added = median(each.noted.timed.ms(0.5) - each.bare.timed.ms(0.5) for each in alone)
    share = ratio([(each.noted.timed.rate, each.bare.timed.rate) for each in together])
    on_core = median(each.noted.on_core - each.bare.on_core for each in together)
    at = f"{CLIENTS} clients"
    return [
        Row(f"read log: median added to {name}, one client", added, "ms", at_most(1)),
        Row(f"read log: {name}, noted ÷ not noted, {at}", share, "×", at_least(0.6)),
        Row(
            f"read log: {name}, noted, one client, p50",
            median(each.noted.timed.ms(0.5) for each in alone),
            "ms",
        ),
        Row(
            f"read log: {name}, noted, {at}",
            median(each.noted.timed.rate for each in together),
            "requests/s",
        ),
        Row(f"read log: added to {name}, time on a core: referrals", on_core * 1e6, "µs"),
    ]


async def _still(here: Town) -> None:
    """Return when nobody works on what was noted any longer, or it has been waited long enough."""
    pids = [pid for name, pid in here.pids.items() if name != LOGIN]
    before = sum(map(worked, pids))
    for _ in range(LOOKS):
        await asyncio.sleep(LOOK)
        now = sum(map(worked, pids))
        if now - before < STILL:
            return
        before = now
