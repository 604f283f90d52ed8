"""A small platform in files: two services' stores, the ledger that heard them, kept heads."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

from services.audit.ledger.heads import HeadPublisher
from services.audit.ledger.leaf import leaf
from services.audit.ledger.reading import entry_in
from services.audit.ledger.tables import ENTRIES
from services.audit.ledger.tree import Frontier
from services.audit.ledger.writing import Ledger
from services.audit.verifying.finding import Finding
from services.audit.verifying.verify import verify
from shared.eventstore.port import EventStore, NewEvent, Stored
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import StandingClock, written
from shared.transparency.checkpoint import Checkpoint, log_name
from shared.transparency.keeping import HeadKeeper
from shared.transparency.note import NoteKey, Signer

FRIDAY = datetime(2026, 1, 16, 14, 40, tzinfo=UTC)
SOURCES = ("referrals", "councils")
SAID_BY = {"actor": "log", "authority": "oestjyllands-politi", "regime": "led"}
ROUNDS = 5
"""Times that both services say something and a head is signed: two facts and one fact each time."""


@dataclass(frozen=True)
class Scene:
    """The files of one platform and the public key of its log."""

    folder: Path
    key: NoteKey

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "ledger.db"

    @property
    def keeper(self) -> Path:
        """The file of the service that keeps the heads."""
        return self.folder / "heads.db"

    def origin(self, source: str) -> Path:
        """The store of a service."""
        return self.folder / f"{source}.db"

    def copied(self, folder: Path) -> "Scene":
        """Give the same platform in other files."""
        shutil.copytree(self.folder, folder)
        return Scene(folder, self.key)

    def signer(self) -> Signer:
        """Give what signs for the log: whoever has the folder has it."""
        return Signer.kept_in(self.folder / "head.key", self.key.name)

    def findings(self, *, without: Sequence[str] = (), keepers: bool = True) -> list[Finding]:
        """Give all that verifying finds."""
        origins = {each: self.origin(each) for each in SOURCES if each not in without}
        return list(verify(self.ledger, origins, [self.keeper] if keepers else [], self.key))

    def faults(self) -> list[Finding]:
        """Give what verifying finds wrong."""
        return [finding for finding in self.findings() if finding.fault]


def said(number: int, source: str = "referrals") -> NewEvent:
    """Give a fact to be stored."""
    metadata = {"occurred_at": written(FRIDAY), "command_id": str(number)}
    data = f'{{"text":"{source} {number}"}}'.encode()
    return NewEvent(uuid5(UUID(int=1), f"{source}{number}"), f"{source}.said.v1", metadata, data)


def facts(count: int, source: str = "referrals", first: int = 1) -> list[Stored]:
    """Give facts as a store would hold them, from position *first* on."""
    return [
        Stored(
            n,
            f"{source}-{n % 3}",
            n // 3,
            uuid5(UUID(int=2), f"{source}{n}"),
            "a.b.v1",
            b"{}",
            b"x",
        )
        for n in range(first, first + count)
    ]


def built(folder: Path) -> Scene:
    """Give a platform whose ledger holds 15 facts, r r c r r c, with a head after each three."""
    folder.mkdir(parents=True)
    return asyncio.run(_built(folder))


async def _built(folder: Path) -> Scene:
    clock = StandingClock(FRIDAY)
    signer = Signer.kept_in(folder / "head.key", log_name("oestjylland"))
    scene = Scene(folder, signer.public)
    stores = {each: SqliteStore.open(scene.origin(each), clock) for each in (*SOURCES, "audit")}
    ledger, keeper = Ledger(scene.ledger), HeadKeeper(scene.keeper, signer.public)
    heads = HeadPublisher(ledger, stores["audit"], signer=signer, clock=clock, said_by=SAID_BY)
    for turn in range(ROUNDS):
        for source, count in (("referrals", 2), ("councils", 1)):
            for each in range(count):
                event = said(turn * count + each, source)
                await stores[source].append(
                    f"{source}-{turn % 2}", turn // 2 * count + each - 1, [event]
                )
            await heard(ledger, source, stores[source])
        clock.forward(timedelta(minutes=1))
        await heads.sign_if_due()
        await heard(keeper, "audit", stores["audit"])
    for store in stores.values():
        await store.close()
    await ledger.close()
    return scene


async def heard(sink: Ledger | HeadKeeper, source: str, store: EventStore) -> None:
    """Bring what a service has said to those who follow it."""
    await sink.apply(source, await store.read_all(await sink.position(source)))


@contextmanager
def by_force(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file as somebody with the rights to it can: triggers away, and back when done."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        guards = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in guards:
            connection.execute(sql)


def taken_out(connection: sqlite3.Connection, number: int) -> None:
    """Delete an entry and let all later ones move up."""
    connection.execute("DELETE FROM entry WHERE number = ?", (number,))
    connection.execute("UPDATE entry SET number = -number WHERE number > ?", (number,))
    connection.execute("UPDATE entry SET number = -number - 1 WHERE number < 0")


def made_room(connection: sqlite3.Connection, number: int) -> None:
    """Move every entry from *number* on one place down."""
    connection.execute("UPDATE entry SET number = -number - 2 WHERE number >= ?", (number,))
    connection.execute("UPDATE entry SET number = -number - 1 WHERE number < 0")


def exchanged(connection: sqlite3.Connection, one: int, other: int) -> None:
    """Let two entries change places."""
    for now, then in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE entry SET number = ? WHERE number = ?", (then, now))


def hashed_anew(connection: sqlite3.Connection, signer: Signer | None = None) -> None:
    """Make leaves and nodes fit the entries; with *signer*, also sign every head of old anew."""
    frontier, roots = Frontier(), {}
    connection.execute("DELETE FROM node")
    for row in connection.execute(f"{ENTRIES} ORDER BY number").fetchall():
        entry = entry_in(row)
        own, *above = frontier.add(leaf(entry.fact))
        connection.execute("UPDATE entry SET leaf = ? WHERE number = ?", (own.hash, entry.number))
        connection.executemany("INSERT INTO node VALUES (?, ?, ?)", above)
        roots[frontier.size] = frontier.root()
    if signer:
        for number, note in connection.execute("SELECT number, note FROM head").fetchall():
            size = Checkpoint.verified(note, signer.public).size
            again = Checkpoint(signer.name, size, roots.get(size, frontier.root())).signed(signer)
            connection.execute("UPDATE head SET note = ? WHERE number = ?", (again, number))


def content(path: Path) -> Mapping[str, list[tuple[object, ...]]]:
    """Give all that a ledger file says, table by table."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return {
            "entry": connection.execute("SELECT * FROM entry").fetchall(),
            "node": connection.execute("SELECT * FROM node").fetchall(),
            "head": connection.execute("SELECT * FROM head").fetchall(),
        }
