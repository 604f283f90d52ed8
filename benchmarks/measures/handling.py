"""How many commands does the handler carry, beside the library ``eventsourcing``?"""

from time import process_time

from benchmarks import library
from benchmarks.lifecycle import COMMANDS, SAID, lives, sqlite_desk
from benchmarks.load import flat_out
from benchmarks.rows import Row, at_least, ratio
from benchmarks.run import Run
from tests.referrals.desk import Desk

IN_FLIGHT = {1: 100, 8: 250, 64: 400}
"""How many at a time, and how many whole lives each round lets them lead."""
ROUNDS, LIVES = 4, 300
TARGET = {64: at_least(3.0)}


async def handling(run: Run) -> list[Row]:
    """Measure both in turn, round by round, on files of the same kind in the same folder."""
    rows: list[Row] = []
    folder = run.place("handling")
    theirs = library.opened(folder / "library.db")
    async with sqlite_desk(folder) as ours:
        await _round(ours, theirs, 8, run.count(100))
        for in_flight, count in IN_FLIGHT.items():
            rounds = [
                await _round(ours, theirs, in_flight, run.count(count)) for _ in range(ROUNDS)
            ]
            rows += _rows(in_flight, rounds)
        rows += await _costs(ours, theirs, run.count(LIVES))
    theirs.close()
    return rows


async def _round(
    ours: Desk, theirs: library.Referrals, in_flight: int, count: int
) -> tuple[float, float]:
    timed = await flat_out(lives(ours, count), in_flight)
    rate, _ = library.lived(theirs, count, in_flight, SAID)
    return timed.rate * COMMANDS, rate


async def _costs(ours: Desk, theirs: library.Referrals, count: int) -> list[Row]:
    """Tell how long both are on a core for one command, all threads together."""
    begun = process_time()
    await flat_out(lives(ours, count), 64)
    between = process_time()
    library.lived(theirs, count, 1, SAID)
    spent = (between - begun, process_time() - between)
    whole = count * COMMANDS / 1e6
    return [
        Row("handler, sealed, 64 in flight, time on a core", spent[0] / whole, "µs/command"),
        Row("eventsourcing, 1 in flight, time on a core", spent[1] / whole, "µs/command"),
    ]


def _rows(in_flight: int, rounds: list[tuple[float, float]]) -> list[Row]:
    at = f"{in_flight} in flight"
    times = ratio(rounds)
    return [
        Row(f"handler ÷ eventsourcing, {at}", times, "×", TARGET.get(in_flight)),
        Row(f"handler, sealed, {at}", max(ours for ours, _ in rounds), "commands/s"),
        Row(f"eventsourcing, unsealed, {at}", max(their for _, their in rounds), "commands/s"),
    ]
