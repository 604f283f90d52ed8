"""Half a service that looks whole is worse than none: a task that ends takes the process along."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.platform.supervising import ROOT
from shared.serving import running as module
from shared.serving.running import running


@contextmanager
def going(how: str, var: Path) -> Iterator[subprocess.Popen[str]]:
    """Start the small service, with its words and its log on one pipe; it is gone at the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.serving.going", how],
        cwd=ROOT,
        env={**os.environ, "KREDSLOB_VAR": str(var), "KREDSLOB_PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("how", ["fails", "returns"])
def test_a_task_that_ends_ends_the_process(tmp_path: Path, how: str) -> None:
    """Whether it failed or just returned: the supervisor starts a whole service in its place."""
    with going(how, tmp_path) as process:
        said = process.communicate(timeout=60)[0]
    assert process.returncode == -signal.SIGTERM
    lines = [json.loads(line) for line in said.splitlines()]
    (ended,) = [line for line in lines if line["event"] == "task ended"]
    assert (ended["process"], ended["level"]) == ("made-up", "error")
    assert ended.get("error") == ("ConnectionError" if how == "fails" else None)
    assert "Hemmelighed" not in said


def test_a_task_finishes_what_it_has_begun(tmp_path: Path) -> None:
    """Told to stop, the process waits for its tasks, and says nothing of one that ended."""
    with going("goes-on", tmp_path) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        while "begun\n" not in said or not any("startup complete" in line for line in said):
            said.append(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=60)[0]
    assert "finished\n" in rest
    assert "task ended" not in rest


async def test_a_task_that_does_not_stop_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that hangs keeps nobody from stopping, and the others were given their time."""
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    ended = dict[str, str]()

    async def hangs(_stopping: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended["hangs"] = "cancelled"

    async def stops(stopping: asyncio.Event) -> None:
        await stopping.wait()
        ended["stops"] = "finished"

    async with running({"hangs": hangs, "stops": stops}):
        await asyncio.sleep(0)
        assert ended == {}
    assert ended == {"hangs": "cancelled", "stops": "finished"}


async def test_nothing_to_do_is_no_trouble() -> None:
    """A service without tasks starts and stops."""
    async with running({}):
        await asyncio.sleep(0)


async def test_a_failure_of_the_block_is_its_own() -> None:
    """What goes wrong while the service starts is raised, and the tasks are stopped before."""
    stopped = asyncio.Event()

    async def task(stopping: asyncio.Event) -> None:
        await stopping.wait()
        stopped.set()

    async def starts() -> None:
        async with running({"task": task}):
            await asyncio.sleep(0)
            raise LookupError

    with pytest.raises(LookupError):
        await starts()
    assert stopped.is_set()
