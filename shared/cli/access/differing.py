"""Who would see more or less under other rules, and in how many of the cases that are open here."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from shared.access.matrix import Matrix, Moved, matrix, moved
from shared.cli.access.page import provisos, told
from shared.rulebook.content import Rulebook

OWNER: Final = "referrals"
ELSEWHERE: Final = "KREDSLOB_VIEWS_URL"
"""Names the database of the read models where they are no file."""
Counts: TypeAlias = Mapping[tuple[str, str, str], int]
"""How many cases are open, by programme, party role and kind of unit."""


def differences(old: Rulebook, new: Rulebook, day: date, cases: Counts | None) -> list[str]:
    """Give a line for each change, with the number of cases where *cases* are counted."""
    return [
        line
        for name in sorted(old.programmes.keys() | new.programmes.keys())
        for line in _of_programme(name, (old, new), day, cases)
    ]


def open_cases(var: Path) -> Counts | None:
    """Give how many cases are open here; None where there is nothing to count.

    Who owns the read models counts them, in a process of its own that only reads.
    """
    if ELSEWHERE not in os.environ and not (var / OWNER).exists():
        return None
    counting = [sys.executable, "-m", f"services.{OWNER}", "open-cases"]
    told = {**os.environ, "KREDSLOB_VAR": str(var)}
    done = subprocess.run(counting, env=told, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if done.returncode:
        return None
    counted = json.loads(done.stdout)
    return {(each["programme"], each["role"], each["kind"]): each["cases"] for each in counted}


def _of_programme(
    name: str, rules: tuple[Rulebook, Rulebook], day: date, cases: Counts | None
) -> Iterator[str]:
    old, new = (_matrix(each, name, day) for each in rules)
    for change in moved(old, new):
        yield f"{name}: {told(change)}{_in_cases(name, change, cases)}"
    before, after = (_provisos(each, name) for each in rules)
    yield from (f"{name}: - {each}" for each in before if each not in after)
    yield from (f"{name}: + {each}" for each in after if each not in before)


def _matrix(rules: Rulebook, name: str, day: date) -> Matrix:
    found = rules.programmes.get(name)
    return matrix(rules, found, day) if found else {}


def _provisos(rules: Rulebook, name: str) -> tuple[str, ...]:
    found = rules.programmes.get(name)
    return provisos(rules, found) if found else ()


def _in_cases(name: str, change: Moved, cases: Counts | None) -> str:
    if cases is None:
        return ""
    number = cases.get((name, change.row.role, change.row.kind), 0)
    return f"; i åbne sager (in open cases): {number}"
