"""What does an accepted command cost over HTTP, and how soon do views show it?"""

import json
from collections.abc import Iterator
from functools import partial

from benchmarks.knocking import Knocking, knocking, written
from benchmarks.load import Ask, Timed, flat_out
from benchmarks.machine import worked
from benchmarks.measures.seeing import seeing
from benchmarks.rows import Row, at_least, ratio
from benchmarks.run import Run
from benchmarks.town import Town, town
from shared.platform.layout import LOGIN
from tests.doors.cases import DRAFT
from tests.doors.people import SSP

IN_FLIGHT = 32
ROUNDS, DRAFTS, NOTHINGS = 5, 600, 2000
BODY = json.dumps(DRAFT).encode()


async def commands(run: Run) -> list[Row]:
    """Draft referrals, and post the same bodies to a door that stores nothing, in turn."""
    place = run.place("commands")
    async with (
        town(place, module="benchmarks.doors") as here,
        knocking(here.platform.url("referrals"), IN_FLIGHT) as client,
    ):
        headers = await here.headers(SSP)
        await _round(client, headers, run.count(DRAFTS), -1)
        rounds = [await _round(client, headers, run.count(DRAFTS), each) for each in range(ROUNDS)]
        rows = _rows(rounds) + await _costs(here, client, headers, run.count(DRAFTS))
        return rows + await seeing(run, here, max(ours.rate for ours, _ in rounds) / 2)


async def _round(
    client: Knocking, headers: dict[str, str], count: int, number: int
) -> tuple[Timed, Timed]:
    drafts = drafting(client, headers, f"bench-{number}", count)
    ours = await flat_out(drafts, IN_FLIGHT)
    plain = written("POST", "/nothing", headers, BODY)
    many = count * NOTHINGS // DRAFTS
    theirs = await flat_out((partial(client.ask, plain, 201) for _ in range(many)), IN_FLIGHT)
    return ours, theirs


async def _costs(here: Town, client: Knocking, headers: dict[str, str], count: int) -> list[Row]:
    """Tell how long each process is on a core for one command, which depends less on neighbours."""
    before = {name: worked(pid) for name, pid in here.pids.items()}
    await flat_out(drafting(client, headers, "bench-costs", count), IN_FLIGHT)
    spent = {name: worked(pid) - before[name] for name, pid in here.pids.items()}
    return [
        Row(f"HTTP: accepted command, time on a core: {name}", each / count * 1e6, "µs")
        for name, each in spent.items()
        if name != LOGIN
    ]


def drafting(client: Knocking, headers: dict[str, str], key: str, count: int) -> Iterator[Ask]:
    """Give *count* requests to begin a referral, each under a key of its own."""
    for number in range(count):
        own = {**headers, "Idempotency-Key": f"{key}-{number}"}
        yield partial(client.ask, written("POST", "/referrals", own, BODY), 201)


def _rows(rounds: list[tuple[Timed, Timed]]) -> list[Row]:
    each = [seconds for ours, _ in rounds for seconds in ours.each]
    whole = Timed(sum(ours.seconds for ours, _ in rounds), tuple(each))
    at = f"{IN_FLIGHT} in flight"
    share = ratio([(ours.rate, theirs.rate) for ours, theirs in rounds])
    return [
        Row("HTTP: accepted command ÷ POST that stores nothing", share, "×", at_least(0.20)),
        Row(f"HTTP: accepted command, {at}", whole.rate, "commands/s"),
        Row(f"HTTP: accepted command, {at}, p50", whole.ms(0.5), "ms"),
        Row(f"HTTP: accepted command, {at}, p99", whole.ms(0.99), "ms"),
        Row(f"HTTP: POST that stores nothing, {at}", max(t.rate for _, t in rounds), "requests/s"),
    ]
