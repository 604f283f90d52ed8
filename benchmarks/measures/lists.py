"""Does a party's list page take longer the more referrals there are?

The worst case: one unit holds them all, so that its inbox and its due list hold every one. Pages
are read by the query of the doors: every other time the first, else one from anywhere in the list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

from benchmarks.listing import DUE_EVERY, FIRST_DUE, grown, modelled, views_in
from benchmarks.load import Ask, Timed, flat_out, until
from benchmarks.rows import Row, at_most
from benchmarks.run import Run
from services.referrals.projections.lists import Asked, List, listed
from shared.projections.views import Views
from tests.referrals.ways import INFOHUS

SIZES = (1_000, 10_000, 100_000, 1_000_000)
FEW = 10_000
PAGE, PAGES, SECONDS = 50, 800, 12.0


@dataclass(frozen=True)
class Pages:
    """Pages of the lists of one unit."""

    views: Views
    dice: Random

    def asks(self, count: int, size: int) -> Iterator[Ask]:
        """Give *count* questions for a page: every other one the first, else from anywhere."""
        for number in range(count):
            which = (List.INBOX, List.DUE)[number // 2 % 2]
            start = () if number % 2 else _key(which, self.dice.randrange(size))
            yield partial(self._read, which, start)

    async def _read(self, which: List, start: tuple[str | int, ...]) -> None:
        async with self.views.reading() as (connection, generation):
            await listed(connection, generation, which, Asked(INFOHUS.taker, start, PAGE))


def _key(which: List, number: int) -> tuple[str | int, ...]:
    if which is List.INBOX:
        return (number + 2, "referral-")
    moment = datetime.fromtimestamp(FIRST_DUE + number * DUE_EVERY, UTC)
    return (moment.isoformat(), "referral-")


async def lists(run: Run) -> list[Row]:
    """Read pages at each size, the read models growing in between."""
    folder = run.place("lists")
    await modelled(folder)
    timed, rows = dict[int, Timed](), list[Row]()
    last = 1
    for whole in SIZES:
        size = whole if whole <= FEW else max(FEW + 1, int(whole * run.part))
        grown(folder, last + 1, size)
        last = size
        timed[size] = await _read(folder, run, size)
        rows += [
            Row(f"list page of {PAGE} at {size:,} referrals, p50", timed[size].ms(0.5), "ms"),
            Row(f"list page of {PAGE} at {size:,} referrals, p99", timed[size].ms(0.99), "ms"),
        ]
    again = timed[last].ms(0.99) / timed[FEW].ms(0.99)
    name = f"list page p99 at {last:,} referrals ÷ at {FEW:,}"
    return [Row(name, again, "×", at_most(1.5)), *rows]


async def _read(folder: Path, run: Run, size: int) -> Timed:
    async with views_in(folder) as views:
        pages = Pages(views, run.dice(f"lists {size}"))
        await flat_out(until(pages.asks(30, size), SECONDS), 1)
        return await flat_out(until(pages.asks(PAGES, size), SECONDS), 1)
