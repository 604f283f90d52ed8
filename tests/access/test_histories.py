"""Whatever happens, in whatever order: nobody has a byte of it that is not for them.

Thousands of steps in one running service, with several authorities, units and people. After each
step somebody looks somewhere, and a model that knows nothing of the product says what may be there.
"""

import asyncio
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shared.rulebook.content import Rulebook
from tests.access.canaries import databases, none_in, none_in_files
from tests.access.hall import hall
from tests.access.history import LISTS, History
from tests.access.world_model import World
from tests.access.world_people import everybody, written_district, written_programmes
from tests.logged import logged

PARTS, EXAMPLES, STEPS = 4, 10, 250
"""Each part has a service of its own, so that all are not at the end of the queue together."""
AT_LEAST: Final = 10_000 // PARTS
LEAST: Final = {
    "withdraw": 6,
    "withdraw_consent": 3,
    "takeover": 2,
    "leave": 3,
    "exclude_staff": 10,
    "break_glass": 3,
    "revealed": 15,
    "told": 250,
}
"""What each part has to have seen: a history without it would pass for one that leaks nothing."""
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
WALKS: Final = st.lists(st.integers(0, 2**32 - 1), min_size=STEPS, max_size=STEPS)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in memory where there is one: nothing of this outlives the tests."""
    if not SHARED_MEMORY.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir=SHARED_MEMORY) as made:
        yield Path(made)


class Running:
    """A hall that stays open while Hypothesis comes and goes."""

    def __init__(self, runner: asyncio.Runner, var: Path, rulebook: Rulebook) -> None:
        self.runner, self.var, self.rulebook = runner, var, rulebook
        self.over = asyncio.Event()
        self.open: asyncio.Future[History] = runner.get_loop().create_future()
        self.kept = runner.get_loop().create_task(self._keep())

    async def _keep(self) -> None:
        district = written_district()
        async with hall(self.var, self.rulebook) as here:
            seats = everybody(district)
            for seat in seats:
                if not seat.officer:
                    await here.appoint(seat.person, seat.unit.id, seat.office)
            self.open.set_result(History(here, World(district, written_programmes()), seats))
            await self.over.wait()

    async def history(self) -> History:
        """Give the history, once the hall is open."""
        either: set[asyncio.Future[Any]] = {self.open, self.kept}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if self.kept.done():
            await self.kept
        return self.open.result()

    async def close(self) -> None:
        """Close the hall."""
        self.over.set()
        await self.kept


@pytest.fixture
def running(folder: Path, rulebook: Rulebook) -> Iterator[tuple[Running, io.StringIO]]:
    """Run the service for all histories, and hear its log."""
    with logged("referrals") as (log, _allowed), asyncio.Runner() as runner:
        here = Running(runner, folder, rulebook)
        yield here, log
        runner.run(here.close())


async def _walk(here: Running, part: int, chances: Sequence[int]) -> None:
    history = await here.history()
    history.going = []
    for number, chance in enumerate(chances):
        if part % 2 and number == STEPS // 2:
            await history.change_rules(Random(f"{part}:{chances[0]}"))  # noqa: S311 - no secret
        await history.step(Random(f"{part}:{number}:{chance}"))  # noqa: S311 - no secret


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_has_what_is_not_for_them(running: tuple[Running, io.StringIO], part: int) -> None:
    """In every history each person finds what is for them, and nothing else, anywhere.

    In half of them other disclosure profiles come into force underway, and all rows are made anew.

    And after all of them no text is in a log, a metric, a feed or any file of a database.
    """
    here, log = running

    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],  # who shrinks waits for hours
        suppress_health_check=list(HealthCheck),  # one service for all; every step is a request
    )
    @given(chances=WALKS)
    def histories(chances: list[int]) -> None:
        here.runner.run(_walk(here, part, chances))
        none_in(log.getvalue(), "the log")

    histories()
    here.runner.run(_leaf(here))
    none_in(log.getvalue(), "the log")
    assert none_in_files(databases(here.var)) >= len({"events", "views", "reads", "vault"})
    counted = here.open.result().counted
    assert counted["steps"] >= AT_LEAST
    assert counted["demanded"] > AT_LEAST / 2, "who is shown nothing proves nothing"
    assert {each: counted[each] for each, least in LEAST.items() if counted[each] < least} == {}
    assert bool(counted["rules"]) == bool(part % 2)


async def _leaf(here: Running) -> None:
    """Leaf through every list, and read the metrics."""
    history = await here.history()
    await history.hall.shown()
    metrics = await history.hall.ask("", "GET", "/metrics")
    none_in(metrics.text, "the metrics")
    told = metrics.text
    assert not [
        each for each in (*history.world.programmes, *history.world.district) if each in told
    ]
    for seat in history.seats:
        if seat.works and not history.world.holds_nothing(seat):
            for which in LISTS:
                await history.leaf_through(seat, which)
