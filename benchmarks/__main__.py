"""``make bench``: everything that is measured, as a table and in ``benchmarks/results``.

``python -m benchmarks --only NAME`` measures one thing and writes nothing.
"""

import argparse
import asyncio
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from rich.console import Console

from benchmarks.machine import commit, machine
from benchmarks.rows import as_json
from benchmarks.run import Measure, Run
from benchmarks.table import tell
from shared.platform.supervising import ROOT

WIDTH = 132
RESULTS = Path(__file__).parent / "results" / "latest.json"
MEASURES = (
    "handling",
    "replaying",
    "stores",
    "growing",
    "rebuilding",
    "lists",
    "deciding",
    "relaying",
    "idling",
    "noting",
    "commands",
)
_console = Console(highlight=False, width=WIDTH)


def main() -> int:
    """Measure what is asked for; 1 where something went wrong, a missed target is no fault."""
    asked = _asked()
    (ROOT / "var").mkdir(exist_ok=True)
    if asked.only:
        return _one(asked)
    begun, rows, without, broken = perf_counter(), list[dict[str, Any]](), list[str](), 0
    for number, name in enumerate(MEASURES, 1):
        _console.print(f"[bold]{number}/{len(MEASURES)} {name}[/] … {perf_counter() - begun:.0f} s")
        told = _apart(name, asked)
        rows += told["rows"]
        without += told["left_out"]
        broken += told["broken"]
    took = perf_counter() - begun
    tell(_console, rows, without)
    if asked.part < 1:
        return int(broken > 0)
    results = {
        "machine": machine(ROOT / "var"),
        "seed": asked.seed,
        "commit": commit(),
        "took_seconds": round(took),
        "left_out": without,
        "rows": rows,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(as_json(results), encoding="utf-8")
    return int(broken > 0)


def _asked() -> argparse.Namespace:
    told = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    told.add_argument("--only", choices=MEASURES, help="measure one thing; write no results")
    told.add_argument("--part", type=float, default=1.0, help="do 0.1 of the work for a quick look")
    told.add_argument("--seed", type=int, default=20210305)
    told.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    return told.parse_args()


def _apart(name: str, asked: argparse.Namespace) -> dict[str, Any]:
    """Measure *name* in a process of its own; give its rows, and what was left out and why."""
    with TemporaryDirectory(dir=ROOT / "var", prefix="bench-") as folder:
        to = Path(folder) / "rows.json"
        given = ("--only", name, "--seed", str(asked.seed), "--part", str(asked.part))
        command = [sys.executable, "-m", "benchmarks", *given, "--to", str(to)]
        ended = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - ourselves
        if not to.exists():
            why = f"{name}: its process ended with {ended.returncode}"
            return {"rows": [], "left_out": [why], "broken": True}
        told: dict[str, Any] = json.loads(to.read_text(encoding="utf-8"))
        return {**told, "broken": False}


def _one(asked: argparse.Namespace) -> int:
    module = import_module(f"benchmarks.measures.{asked.only}")
    measure: Measure = getattr(module, asked.only)
    with TemporaryDirectory(dir=ROOT / "var", prefix="bench-") as folder:
        run = Run(Path(folder).resolve(), asked.seed, asked.part)
        rows = [row.told() for row in asyncio.run(measure(run))]
    if asked.to is None:
        tell(_console, rows, run.left_out)
    else:
        told = {"rows": rows, "left_out": run.left_out}
        asked.to.write_text(as_json(told), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
