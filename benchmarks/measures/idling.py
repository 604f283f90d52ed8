"""What does the platform weigh when nobody asks anything, and how soon is it ready?"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.machine import proportional, resident
from benchmarks.rows import Row, at_most
from benchmarks.run import Run
from benchmarks.town import town
from shared.platform.layout import SERVICES
from shared.platform.supervising import ROOT

SETTLING = 3.0
"""Seconds without a request before anything is weighed."""
READY = "(ready)"
UP = "from shared.cli.main import run; run()"
STARTS = 2


async def idling(run: Run) -> list[Row]:
    """Start it as ``make run`` does, in a new folder and again; then weigh one that has people."""
    var = run.place("starting") / "var"
    first, again = (_started(var, number) for number in range(STARTS))
    rows = [
        Row("make run, installed, to ready: new folder", first, "s", at_most(10)),
        Row("make run, installed, to ready: again", again, "s", at_most(10)),
    ]
    async with town(run.place("idling")) as here:
        await asyncio.sleep(SETTLING)
        pids = {**here.pids, "supervisor": here.platform.running.supervisor_pid}
        return rows + _weighed(pids)


def _weighed(pids: dict[str, int]) -> list[Row]:
    heaviest = max(resident(pids[name]) for name in SERVICES)
    together = sum(resident(pid) for pid in pids.values())
    shared = sum(proportional(pid) for pid in pids.values())
    all_of_them = ", ".join(sorted(pids))
    return [
        Row("memory idle: heaviest service process, RSS", heaviest, "MiB", at_most(130)),
        Row(f"memory idle: {all_of_them}, PSS", shared, "MiB", at_most(500)),
        Row(f"memory idle: {all_of_them}, RSS", together, "MiB"),
        *(
            Row(f"memory idle: {name}, RSS", resident(pid), "MiB")
            for name, pid in sorted(pids.items())
        ),
    ]


def _started(var: Path, number: int) -> float:
    """Give the seconds from the command to the word that everything is ready; then stop it."""
    begun = perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", UP, "up", "--var", str(var)],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = process.stdout or ()
        if not any(READY in line for line in said):
            raise RuntimeError(f"start {number} did not become ready")
        return perf_counter() - begun
    finally:
        process.terminate()
        process.communicate()
