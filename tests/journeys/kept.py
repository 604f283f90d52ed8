"""What a platform has kept, read from outside, on whatever engines it stands."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from services.audit.collecting import collect
from services.audit.ledger.reading import LedgerFile
from services.audit.settings import Settings
from shared.eventstore.esdb import EsdbStore
from shared.eventstore.port import START, Stored
from shared.eventstore.sqlite_log import SqliteLog
from shared.kernel.clock import SystemClock
from shared.platform.copying import copy_all
from shared.platform.supervising import Platform
from shared.testing.production import ProductionTown

ENTERED = ("referrals", "councils")
"""Whose facts are entries of the ledger."""
PAGE = 500


def place(platform: Platform, service: str) -> Path:
    """Give the folder of one service, with its keys."""
    below = platform.place(service) if isinstance(platform, ProductionTown) else platform.var
    return below / service


def ledger(platform: Platform) -> LedgerFile:
    """Give the audit's log."""
    return LedgerFile(place(platform, "audit") / "ledger.db")


async def all_facts(platform: Platform, service: str) -> Sequence[Stored]:
    """Give every fact of a service's store, in order."""
    if isinstance(platform, ProductionTown):
        log: EsdbStore | SqliteLog = await EsdbStore.connect(
            platform.store_url, service, SystemClock()
        )
    else:
        log = SqliteLog.open(place(platform, service) / "events.db")
    facts: list[Stored] = []
    try:
        while page := await log.read_all(facts[-1].position if facts else START, PAGE):
            facts += page
    finally:
        await log.close()
    return facts


async def taken_along(platform: Platform, to: Path) -> None:
    """Write to the new folder *to* what ``kredslob audit verify`` needs.

    Kept heads come first: the ledger that is taken after them has everything that they cover.
    """
    if not isinstance(platform, ProductionTown):
        copy_all(platform.var, to)
        return
    kept, heads = place(platform, "councils") / "heads.db", to.with_name(f"{to.name}-heads.db")
    with closing(sqlite3.connect(f"{kept.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("VACUUM INTO ?", (str(heads),))
    settings = Settings(var=platform.place("audit"), store_url=platform.store_url)
    await collect(to, ENTERED, settings)
    heads.rename(to / "councils" / "heads.db")


def files_of(platform: Platform) -> Iterator[Path]:
    """Give every file of a platform, those of engines with a folder elsewhere among them."""
    roots = [path.resolve() for path in sorted(platform.var.iterdir())]
    for root in roots:
        below = sorted(root.rglob("*")) if root.is_dir() else [root]
        yield from (path for path in below if path.is_file())
