"""The life of a referral, asked of the real handler: drafted, sent, delivered, ... closed."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.load import Ask
from services.referrals.domain.referral.commands import ReferralCommand
from shared.eventstore.port import EventStore
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import SystemClock
from shared.platform.supervising import ROOT
from shared.rulebook.content import load
from tests.referrals import asking
from tests.referrals.desk import Desk, Request, desk
from tests.referrals.ways import INFOHUS

MOVES: tuple[Callable[..., ReferralCommand], ...] = (
    asking.send,
    asking.deliver,
    asking.receive,
    asking.accept,
    asking.close,
)
COMMANDS = 1 + len(MOVES)
KEYS = [Request(key=f"{number}") for number in range(COMMANDS)]
"""A caller's own names for the requests about one referral."""
SAID: dict[str, Any] = {
    "draft": {
        "unit": INFOHUS.sender,
        "programme": INFOHUS.programme,
        "urgency": "almindelig",
        "intake": dict(INFOHUS.answers),
    },
    "send": {
        "unit": INFOHUS.sender,
        "addressee": INFOHUS.addressee,
        "basis": INFOHUS.basis,
        "purpose": INFOHUS.purpose,
        "necessity": asking.NECESSITY,
    },
    "taker": INFOHUS.taker,
    "outcome": INFOHUS.outcome,
}
"""The same words for the peer."""


@asynccontextmanager
async def desk_in(folder: Path, store: EventStore) -> AsyncIterator[Desk]:
    """Give the handler over *store*, with a vault of its own in *folder*, as the service has it."""
    async with desk(folder, store, load(ROOT / "rulebook")) as opened:
        yield opened


@asynccontextmanager
async def sqlite_desk(folder: Path) -> AsyncIterator[Desk]:
    """Give the handler over the embedded store in *folder*."""
    store = SqliteStore.open(folder / "events.db", SystemClock())
    try:
        async with desk_in(folder, store) as opened:
            yield opened
    finally:
        await store.close()


def lives(at: Desk, count: int, begun: list[UUID] | None = None) -> Iterator[Ask]:
    """Give *count* whole lives, each to be lived by one who asks; *begun* collects the cases."""
    for _ in range(count):
        yield partial(_life, at, begun)


async def _life(at: Desk, begun: list[UUID] | None) -> None:
    case = await at.enrol(INFOHUS)
    for number, command in enumerate((asking.draft, *MOVES)):
        await at.ask(case, command(INFOHUS), KEYS[number])
    if begun is not None:
        begun.append(case)
