"""Newer rules reach what is shown by themselves, while the service goes on."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from shared.api.health import Finding, State
from shared.eventstore.port import NO_STREAM, NewEvent, Stored
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import StandingClock
from shared.kernel.events import Event
from shared.messaging.patience import Backoff
from shared.projections.engines import Engines
from shared.projections.runner import Runner
from shared.projections.views import Views
from shared.serving import renewing as module
from shared.serving.renewing import Renewing, rebuild_of, renewed
from tests.messaging.stage import until
from tests.projections.circles import NOON, SOURCE, Noted, drawn
from tests.projections.ruled import RULES, STREAM, decode, read_models, ruling, words

ONE = "circle-1"
OLDER = Finding(State.DEGRADED, "views made under older rules")
FAILS = (sys.executable, "-c", "raise SystemExit(1)")
WAITS = """
import os, pathlib, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN if sys.argv[2] == "deaf" else signal.SIG_DFL)
with pathlib.Path(sys.argv[1]).open("a") as told:
    told.write(f"{os.getpid()}\\n")
while True:
    signal.pause()
"""


@dataclass
class Live:
    """A service as it runs: two stores that are followed, and the views made of them."""

    views: Views
    runners: dict[str, Runner]
    stores: dict[str, SqliteStore]

    async def says(self, source: str, stream: str, version: int, event: Event) -> None:
        """Let something be stored, and wait until the views have passed it."""
        new = NewEvent(uuid4(), event.type, {}, event.model_dump_json().encode())
        stored: Sequence[Stored] = await self.stores[source].append(stream, version, [new])
        await self.runners[source].wait_for(stored[-1].position, within=20)

    async def begins(self) -> None:
        """Let *a* read what was said, and then, by newer rules, *b*."""
        await self.says(RULES, STREAM, NO_STREAM, ruling("a"))
        await self.says(SOURCE, ONE, NO_STREAM, drawn("a", "b"))
        await self.says(SOURCE, ONE, 0, Noted(word="hush"))
        await self.says(RULES, STREAM, 0, ruling("b"))


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    """Give a service whose work goes on."""
    clock, stopping = StandingClock(NOON), asyncio.Event()
    async with AsyncExitStack() as stack:
        stores = dict[str, SqliteStore]()
        for source in (SOURCE, RULES):
            (tmp_path / source).mkdir()
            stores[source] = SqliteStore.open(tmp_path / source / "events.db", clock)
            stack.push_async_callback(stores[source].close)
        url = f"sqlite+aiosqlite:///{tmp_path / SOURCE / 'views.db'}"
        views = await Views.open(url, read_models(), decode, clock)
        stack.push_async_callback(views.close)
        runners = {source: Runner(store, views, source, clock) for source, store in stores.items()}
        async with asyncio.TaskGroup() as work:
            for runner in runners.values():
                work.create_task(runner.run(stopping))
            yield Live(views, runners, stores)
            stopping.set()


@asynccontextmanager
async def renewing(task: Renewing) -> AsyncIterator[None]:
    """Let *task* go on meanwhile."""
    stopping = asyncio.Event()
    running = asyncio.create_task(task.run(stopping))
    try:
        yield
    finally:
        stopping.set()
        async with asyncio.timeout(20):
            await running


async def until_read(views: Views, expected: dict[str, str]) -> None:
    """Return when the views show these words."""
    async with asyncio.timeout(60):
        while await words(views) != expected:  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.05)


async def test_newer_rules_are_renewed_under_while_the_service_runs(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process beside the running one makes the rows anew; the running one goes on with them."""
    monkeypatch.setenv("KREDSLOB_VAR", str(tmp_path))
    task = Renewing(live.views, rebuild_of("tests.serving.renewable"))
    async with renewing(task):
        await live.begins()
        await until_read(live.views, {"a": "", "b": "hush"})
        await live.says(SOURCE, ONE, 1, Noted(word="on"))
        assert await words(live.views) == {"a": "", "b": "on"}
        assert await renewed(live.views) == Finding(State.OK)
        await live.says(RULES, STREAM, 1, ruling("a", "b"))
        await until_read(live.views, {"a": "on", "b": "on"})


async def test_what_fails_is_tried_again_later_each_time(live: Live) -> None:
    """A rebuild that always fails is neither given up nor begun without a wait, and is shown."""
    waits = 0

    class Counted(Backoff):
        async def wait(self) -> None:
            nonlocal waits
            waits += 1
            await super().wait()

    task = Renewing(live.views, FAILS, backoff=Counted(0.2, first=0.01))
    await live.begins()
    async with renewing(task):
        await until(lambda: task.attempts >= 4)
        assert task.attempts <= waits + 1
        assert await renewed(live.views) == OLDER


async def test_what_cannot_be_started_is_tried_again(live: Live, tmp_path: Path) -> None:
    """A machine that cannot start a process just now is no reason to end the service."""
    task = Renewing(live.views, [str(tmp_path / "nothing")], backoff=Backoff(0.1, first=0.01))
    await live.begins()
    async with renewing(task):
        await until(lambda: task.attempts >= 2)


@pytest.mark.parametrize("how", ["plain", "deaf"])
async def test_one_rebuild_at_a_time_and_none_that_is_left(
    live: Live, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """News while a rebuild runs begins no second one; when the service stops, the first ends."""
    monkeypatch.setattr(module, "TO_END", 0.1)
    told = tmp_path / "told"
    task = Renewing(live.views, [sys.executable, "-c", WAITS, str(told), how])
    await live.begins()
    async with renewing(task):
        await until(lambda: told.exists() and told.read_text().endswith("\n"))
        await live.says(RULES, STREAM, 1, ruling("a", "b"))
        await live.says(RULES, STREAM, 2, ruling())
    [pid] = told.read_text().split()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
    assert task.attempts == 1


async def test_rows_under_the_newest_rules_are_left_alone(live: Live) -> None:
    """As long as there is nothing newer, nothing is begun and nothing is degraded."""
    task = Renewing(live.views, FAILS)
    async with renewing(task):
        await live.says(RULES, STREAM, NO_STREAM, ruling("a"))
        await live.says(SOURCE, ONE, NO_STREAM, drawn("a", "b"))
        await until(lambda: not live.views.ruling_heard.is_set())
        assert await renewed(live.views) == Finding(State.OK)
    assert task.attempts == 0


async def test_a_database_that_is_away_is_not_taken_for_old(live: Live) -> None:
    """Whether rows are old is not known without the database: said so, and nothing is begun."""
    away = Engines.of("postgresql+asyncpg://postgres@127.0.0.1:1/views")
    views = Views(away, live.views.absorber, live.views.clock)
    task = Renewing(views, FAILS)
    async with renewing(task):
        assert await renewed(views) == Finding(State.DEGRADED, "ViewsAway")
        views.ruling_heard.set()
        await until(lambda: not views.ruling_heard.is_set())
    assert task.attempts == 0
    await views.close()
