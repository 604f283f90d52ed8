"""The peer of the handler: the library ``eventsourcing`` with the same life of a referral.

Its SQLite recorder, WAL and ``synchronous=FULL``, JSON. No sealing, no rulebook, no guard, no
idempotency: what it leaves out is ours to do and to pay for.
"""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

FULL = 2
F = TypeVar("F")


def happened(name: str) -> Callable[[F], F]:
    """Give the library's decorator for what records an event of this name."""
    return cast("Callable[[F], F]", event(name))


class Referral(Aggregate):  # type: ignore[misc]  # the library ships types that this checker is told to skip
    """A referral as the library's own manual would write one."""

    @happened("Drafted")
    def __init__(self, unit: str, programme: str, urgency: str, intake: dict[str, Any]) -> None:
        self.sender, self.programme, self.urgency = unit, programme, urgency
        self.intake, self.stage = intake, "draft"

    @happened("Sent")
    def send(self, unit: str, addressee: str, basis: str, purpose: str, necessity: str) -> None:
        """Send the draft."""
        self.addressee, self.basis, self.purpose = addressee, basis, purpose
        self.necessity, self.by, self.stage = necessity, unit, "sent"

    @happened("Delivered")
    def deliver(self, unit: str) -> None:
        """Lay it in the inbox."""
        self.by, self.stage = unit, "delivered"

    @happened("Received")
    def receive(self, unit: str) -> None:
        """Say that it was seen."""
        self.by, self.stage = unit, "received"

    @happened("Accepted")
    def accept(self, unit: str) -> None:
        """Take it on."""
        self.by, self.stage = unit, "accepted"

    @happened("Closed")
    def close(self, unit: str, outcome: str) -> None:
        """End it."""
        self.by, self.outcome, self.stage = unit, outcome, "closed"


class Referrals(Application):  # type: ignore[misc]  # as above
    """The library's application: read, change, save."""

    def draft(self, **said: Any) -> UUID:  # noqa: ANN401 - the event's fields
        """Begin a referral."""
        referral = Referral(**said)
        self.save(referral)
        begun: UUID = referral.id
        return begun

    def move(self, referral_id: UUID, move: str, **said: str) -> None:
        """Read a referral, change it, save it."""
        referral = self.repository.get(referral_id)
        getattr(referral, move)(**said)
        self.save(referral)

    def stage(self, referral_id: UUID) -> str:
        """Replay a referral, and give where it is."""
        stage: str = self.repository.get(referral_id).stage
        return stage


def opened(file: Path) -> Referrals:
    """Open the library's application over a file. It has no cache, as ours has none."""
    with sqlite3.connect(":memory:") as plain:
        (level,) = plain.execute("PRAGMA synchronous").fetchone()
    if level != FULL:
        raise RuntimeError("this SQLite does not write through unless told to, and it is not told")
    module = "eventsourcing.sqlite"
    return Referrals(env={"PERSISTENCE_MODULE": module, "SQLITE_DBNAME": str(file)})


MOVES = 6


def lived(
    app: Referrals, count: int, in_flight: int, said: dict[str, Any]
) -> tuple[float, list[UUID]]:
    """Let *count* referrals live, *in_flight* at a time; give commands a second, and their ids."""
    begun = perf_counter()
    if in_flight == 1:
        ids = [_life(app, said) for _ in range(count)]
    else:
        with ThreadPoolExecutor(in_flight) as pool:
            ids = list(pool.map(lambda _: _life(app, said), range(count)))
    return count * MOVES / (perf_counter() - begun), ids


def _life(app: Referrals, said: dict[str, Any]) -> UUID:
    referral = app.draft(**said["draft"])
    app.move(referral, "send", **said["send"])
    for move in ("deliver", "receive", "accept"):
        app.move(referral, move, unit=said["taker"])
    app.move(referral, "close", unit=said["taker"], outcome=said["outcome"])
    return referral
