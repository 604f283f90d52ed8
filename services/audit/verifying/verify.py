"""Is the ledger what it was? Answered from files, by naming the first place where it is not."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from services.audit.ledger.tables import STATEMENTS, opened_to_read
from services.audit.verifying.finding import Finding, Kind, Side
from services.audit.verifying.heads import Heads, add_own, kept_in
from services.audit.verifying.judging import Judge
from services.audit.verifying.origins import UNREADABLE, Lane, facts_in, tolerant
from services.audit.verifying.parting import Whole
from services.audit.verifying.scanning import IN_ORDER, Progress, Scan, Scanner, readable
from shared.transparency.note import NoteKey


def verify(
    ledger_file: Path,
    origins: Mapping[str, Path],
    kept_heads: Sequence[Path],
    public_key: NoteKey,
    progress: Progress | None = None,
) -> Iterator[Finding]:
    """Give what is wrong with a ledger, and what could not be checked; nothing else is said.

    *origins* are the stores by service (not the audit's own: heads are no entries), *kept_heads*
    the files of those who keep heads. Files are only read; nothing needs to run. Faults of entries
    come first, in their order; a later fault of the same source may be hidden by its first.

    The ledger may grow meanwhile: heads are read before it and stores after it, so that neither
    lacks what the other has.
    """
    heads = kept_in(kept_heads, public_key)
    try:
        with closing(tolerant(opened_to_read(ledger_file))) as ledger:
            ledger.execute("BEGIN")
            yield from _file(ledger)
            own = ledger.execute("SELECT number, note FROM head ORDER BY number").fetchall()
            add_own(heads, own, public_key)
            yield from _verified(ledger, origins, heads, progress)
    except UNREADABLE as unreadable:
        yield Finding(Kind.DAMAGED, Side.LEDGER, detail=str(unreadable))


def _file(ledger: sqlite3.Connection) -> Iterator[Finding]:
    (state,) = ledger.execute("PRAGMA integrity_check(1)").fetchone()
    if state != "ok":
        yield Finding(Kind.DAMAGED, Side.LEDGER, detail=str(state))
    there = {
        sql for (sql,) in ledger.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    }
    for statement in STATEMENTS:
        if statement not in there:
            name = " ".join(statement.split()[:3])
            yield Finding(Kind.UNGUARDED, Side.LEDGER, detail=f"missing or changed: {name}")


def _verified(
    ledger: sqlite3.Connection,
    origins: Mapping[str, Path],
    heads: Heads,
    progress: Progress | None,
) -> Iterator[Finding]:
    lanes = {service: Lane(facts_in(path)) for service, path in origins.items() if path.exists()}
    scan = Scanner(ledger, set(heads.sizes), lanes).run(progress)
    stores = {service: partial(facts_in, origins[service]) for service in lanes}
    whole = Whole(lambda: map(readable, ledger.execute(IN_ORDER)), stores)
    if scan.damage:
        yield Finding(Kind.DAMAGED, Side.LEDGER, number=scan.size, detail=scan.damage)
    else:
        yield from Judge(scan, heads, lanes, whole).faults()
    yield from sorted(heads.findings, key=lambda finding: not finding.fault)
    yield from _open(scan, heads, lanes)


def _open(scan: Scan, heads: Heads, lanes: Mapping[str, Lane]) -> Iterator[Finding]:
    """What is no fault but not settled either."""
    for service, lane in lanes.items():
        if lane.broken:
            yield Finding(Kind.DAMAGED, Side.ORIGIN, service, detail=lane.broken)
        if lane.unheard and scan.size >= max(heads.sizes, default=0):
            yield Finding(Kind.NOT_YET_HEARD, Side.ORIGIN, service, lane.unheard.position)
    for service in scan.positions.keys() - lanes.keys():
        yield Finding(Kind.NOT_CHECKED, Side.ORIGIN, service, detail="no store to compare with")
    newest = max(heads.kept, default=0)
    if heads.kept and newest < scan.size:
        yield Finding(Kind.NOT_YET_KEPT, Side.HEADS, number=newest, last=scan.size - 1)
