"""What every type of fact is called, and who it is for, told to who does not know its code."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from shared.kernel.words import Words, spoken_in

SCHEMAS = Path(__file__).parent / "schemas"
WITHIN_UNIT = "x-within-unit"
"""Marks the schema of a fact that nobody outside the unit that acted may see."""


def words_of(fact_type: str) -> Words | None:
    """Give the words of a type of fact, from its schema; None for one that has no schema."""
    return spoken_in(str(_schema(fact_type).get("description", "")))


def is_within_unit(fact_type: str) -> bool:
    """Say whether facts of this type are the acting unit's own affair."""
    return bool(_schema(fact_type).get(WITHIN_UNIT))


@cache
def _schema(fact_type: str) -> dict[str, Any]:
    file = SCHEMAS / f"{fact_type}.json"
    if not file.exists():
        return {}
    schema: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return schema
