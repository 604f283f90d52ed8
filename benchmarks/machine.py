"""What the figures were measured on, and what a process of it weighs."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

from benchmarks.rows import percentile, rounded
from shared.platform.supervising import ROOT

SYNCS = 200
PAGE = b"\0" * 4096
MIB = 1024
DURABILITY = {
    "event store": "SQLite WAL, synchronous=FULL: fdatasync before each answer",
    "eventsourcing": "SQLite WAL, synchronous=FULL, as it sets up by itself",
    "vault": "SQLite WAL, synchronous=FULL, secure_delete",
    "read models": "SQLite WAL, synchronous=NORMAL; PostgreSQL with fsync=off",
    "bus": "JetStream, sync_interval=always",
}


def machine(folder: Path) -> dict[str, Any]:
    """Describe this machine; *folder* is where everything that is measured is written."""
    synced = [seconds * 1000 for seconds in _syncs(folder)]
    return {
        "cpu": _said_in(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_mib": int((_said_in(Path("/proc/meminfo"), "MemTotal") or "0").split()[0]) // MIB,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "fdatasync_4KiB_ms": {
            "p50": rounded(median(synced)),
            "p99": rounded(percentile(synced, 0.99)),
        },
        "durability": DURABILITY,
        "network": "loopback",
    }


def commit() -> str:
    """Give the commit that was measured; a ``+`` behind it where files differ from it."""
    head = _git("rev-parse", "HEAD")
    return head + "+" if _git("status", "--porcelain", "--untracked-files=no") else head


def resident(pid: int) -> float:
    """Give the MiB that a process holds in memory, what it shares with others counted whole."""
    return _weight(pid, "Rss")


def proportional(pid: int) -> float:
    """Give the MiB that a process holds in memory, what it shares divided by those who share it."""
    return _weight(pid, "Pss")


def worked(pid: int) -> float:
    """Give the seconds that the threads of a process, as far as they live, have been on a core."""
    files = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def _weight(pid: int, kind: str) -> float:
    said = _said_in(Path(f"/proc/{pid}/smaps_rollup"), kind)
    return int((said or "0").split()[0]) / MIB


def _syncs(folder: Path) -> list[float]:
    taken = []
    with TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            begun = perf_counter()
            os.write(file.fileno(), PAGE)
            os.fdatasync(file.fileno())
            taken.append(perf_counter() - begun)
    return taken


def _said_in(file: Path, key: str) -> str | None:
    lines = (line.partition(":") for line in file.read_text().splitlines())
    found: Mapping[str, str] = {
        name.strip(): value.strip() for name, _, value in reversed([*lines])
    }
    return found.get(key)


def _git(*words: str) -> str:
    answer = subprocess.run(  # noqa: S603 - asks what is checked out
        ["git", *words],  # noqa: S607 - git is where the developer has it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()
