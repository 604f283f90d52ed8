"""What a run says: rows of name, value, unit, target, and whether the target was met."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Literal

SIGNIFICANT = 4
"""Digits of a value that are kept: what comes after them is noise."""


class NothingMeasured(ValueError):
    """There is no value to take a percentile or a ratio of."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a value shall reach: at least, or at most, a bound in the unit of its row."""

    sign: Literal[">=", "<="]
    bound: float

    def met_by(self, value: float) -> bool:
        """Say whether *value* is on the right side of the bound, or on it."""
        return value >= self.bound if self.sign == ">=" else value <= self.bound

    def __str__(self) -> str:
        return f"{self.sign} {self.bound:g}"


def at_least(bound: float) -> Target:
    """Give the target of a value that shall not be less."""
    return Target(">=", bound)


def at_most(bound: float) -> Target:
    """Give the target of a value that shall not be more."""
    return Target("<=", bound)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. Without a target it is told and not judged."""

    name: str
    value: float
    unit: str
    target: Target | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target was met, None where there is none.

        The value as it is told is judged, so that a row never seems to contradict itself.
        """
        return None if self.target is None else self.target.met_by(rounded(self.value))

    def told(self) -> dict[str, Any]:
        """Give the row as it stands in the results."""
        target = None if self.target is None else str(self.target)
        value = rounded(self.value)
        told = {"name": self.name, "value": value, "unit": self.unit, "target": target}
        return {**told, "met": self.met}


def rounded(value: float) -> float:
    """Give *value* with the digits that mean something."""
    return float(f"{value:.{SIGNIFICANT}g}")


def percentile(values: Iterable[float], part: float) -> float:
    """Give the smallest of *values* that at least *part* (0 to 1) of them do not exceed.

    Raises ``NothingMeasured``.
    """
    ordered = sorted(values)
    if not ordered:
        raise NothingMeasured("no values")
    rank = -int(-part * len(ordered) // 1)  # rounded up
    return ordered[min(max(rank, 1), len(ordered)) - 1]


def ratio(pairs: Sequence[tuple[float, float]]) -> float:
    """Give ours ÷ theirs: the median over the rounds, each of which measured both.

    Both of a round met the same state of the machine. Raises ``NothingMeasured``.
    """
    if not pairs or any(theirs <= 0 for _, theirs in pairs):
        raise NothingMeasured("no rounds, or nothing to divide by")
    return median(ours / theirs for ours, theirs in pairs)


def missed(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Give the sentence that a row deserves whose target was not met, for each."""
    return [
        f"{row['name']}: {row['value']:g} {row['unit']}, mål {row['target']} er ikke nået (missed)"
        for row in rows
        if row["met"] is False
    ]


def as_json(results: dict[str, Any]) -> str:
    """Give the results as the file holds them."""
    return json.dumps(results, indent=2, ensure_ascii=False) + "\n"
