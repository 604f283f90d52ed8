"""What a measurement is told: where it may write, by which dice, how much of the work to do."""

import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.rows import Row

Measure = Callable[["Run"], Coroutine[None, None, list[Row]]]


@dataclass(frozen=True)
class Run:
    """One run of one measurement."""

    folder: Path
    seed: int
    part: float
    """How much of the work is done: 1.0 for figures that count."""
    left_out: list[str] = field(default_factory=list)
    """What could not be measured here, and why."""

    def count(self, whole: int) -> int:
        """Give the part of *whole* that is done in this run, at least 20."""
        return max(20, int(whole * self.part))

    def dice(self, name: str) -> random.Random:
        """Give dice that fall the same way in every run with this seed."""
        return random.Random(f"{self.seed} {name}")  # noqa: S311 - loads, not secrets

    def place(self, name: str) -> Path:
        """Give an empty folder of that name."""
        place = self.folder / name
        place.mkdir(parents=True)
        return place
