"""How fast is history read again: sealed and unopened, beside the library ``eventsourcing``?"""

from functools import partial
from time import perf_counter
from uuid import UUID

from benchmarks import library
from benchmarks.lifecycle import COMMANDS, SAID, lives, sqlite_desk
from benchmarks.load import Ask, flat_out
from benchmarks.rows import Row, at_least, ratio
from benchmarks.run import Run
from tests.referrals.desk import Desk

LIVES, ROUNDS = 600, 5


async def replaying(run: Run) -> list[Row]:
    """Let referrals live in both, then fold each of them again, in turn."""
    folder, count = run.place("replaying"), run.count(LIVES)
    theirs = library.opened(folder / "library.db")
    _, their_ids = library.lived(theirs, count, 1, SAID)
    begun: list[UUID] = []
    async with sqlite_desk(folder) as ours:
        await flat_out(lives(ours, count, begun), 16)
        rounds = [(await _ours(ours, begun), _theirs(theirs, their_ids)) for _ in range(ROUNDS)]
    theirs.close()
    return [
        Row("replay, sealed and unopened ÷ eventsourcing", ratio(rounds), "×", at_least(1.0)),
        Row("replay, sealed and unopened", max(o for o, _ in rounds), "events/s"),
        Row("replay by eventsourcing, unsealed", max(t for _, t in rounds), "events/s"),
    ]


async def _ours(desk: Desk, begun: list[UUID]) -> float:
    asks: list[Ask] = [partial(_fold, desk, case) for case in begun]
    return (await flat_out(asks, 1)).rate * COMMANDS


async def _fold(desk: Desk, case: UUID) -> None:
    desk.handler.decider.fold(await desk.facts(case))


def _theirs(app: library.Referrals, ids: list[UUID]) -> float:
    begun = perf_counter()
    for referral in ids:
        app.stage(referral)
    return len(ids) * library.MOVES / (perf_counter() - begun)
