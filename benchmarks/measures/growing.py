"""Does the handler become slower the more referrals its store holds?"""

from benchmarks.filling import filled, one_life
from benchmarks.lifecycle import COMMANDS, lives, sqlite_desk
from benchmarks.load import flat_out
from benchmarks.rows import Row
from benchmarks.run import Run

SIZES = (1_000, 10_000, 100_000)
IN_FLIGHT, LIVES = 64, 250


async def growing(run: Run) -> list[Row]:
    """Let referrals live in a store of each size, which grows in between."""
    folder, rows, held = run.place("growing"), list[Row](), 1
    facts = await one_life(folder)
    for whole in SIZES:
        size = max(held, int(whole * run.part))
        filled(folder / "events.db", facts, size - held, run.dice(f"growing {whole}"))
        held = size
        async with sqlite_desk(folder) as desk:
            timed = await flat_out(lives(desk, run.count(LIVES)), IN_FLIGHT)
        at = f"{size:,} referrals ({size * len(facts):,} facts) in the store"
        rows.append(Row(f"handler, 64 in flight, {at}", timed.rate * COMMANDS, "commands/s"))
    return rows
