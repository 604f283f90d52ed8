"""Read models filled in bulk: the rows of one real referral, over and over, under new names."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.filling import one_life, without
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.projections.party_view import feed, view
from shared.eventstore.codec import Codec
from shared.kernel.clock import SystemClock
from shared.projections.views import FIRST, Views
from shared.vault.provider import FileKeys
from shared.vault.routing import RoutingKey

RECEIVED = 4
"""So many facts of a life make a referral that its holder has seen and owes an answer to."""
TABLE = view.table(FIRST)
FIRST_DUE, DUE_EVERY = 1_600_000_000, 7
"""Seconds: when the first answer is due, and how much later each further one."""
MODEL = """
CREATE TEMP TABLE model AS SELECT * FROM rows WHERE role = 'holder' ORDER BY rowid LIMIT 1
""".replace("rows", TABLE.name)
COPY = """
INSERT INTO rows (stream, party, line, role, stage, arrived, due, owner)
WITH RECURSIVE number(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM number WHERE n < :last)
SELECT printf('referral-%08x-0000-4000-8000-000000000000', n), party, line, role, stage, n,
    strftime('%Y-%m-%dT%H:%M:%fZ', :first_due + n * :every, 'unixepoch'), owner
FROM number, model
""".replace("rows", TABLE.name)


@asynccontextmanager
async def views_in(folder: Path) -> AsyncIterator[Views]:
    """Give the read models in *folder*, with one received referral in a new one."""
    routing = RoutingKey(FileKeys(folder / "key").derive("routing"))
    codec: Codec[ReferralEvent] = Codec(TypeAdapter(ReferralEvent), routing)
    url = f"sqlite+aiosqlite:///{folder / 'views.db'}"
    views = await Views.open(url, [feed], codec.decode, SystemClock())
    try:
        yield views
    finally:
        await views.close()


async def modelled(folder: Path) -> None:
    """Make read models in *folder* that hold one referral."""
    facts = await one_life(folder)
    async with views_in(folder) as views:
        await views.position("referrals")
        await views.apply("referrals", facts[:RECEIVED])


def grown(folder: Path, first: int, last: int) -> None:
    """Add the referrals numbered *first* to *last* to the lists of the unit that holds them.

    The sender's rows are left out: they are found by other keys, and would double the file.
    """
    whole = sqlite3.connect(folder / "views.db", isolation_level=None)
    with closing(whole) as file, without(file, TABLE.name):
        file.execute(MODEL)
        file.execute("BEGIN IMMEDIATE")
        due = {"first_due": FIRST_DUE, "every": DUE_EVERY}
        file.execute(COPY, {"first": first, "last": last, **due})
        file.execute("COMMIT")
