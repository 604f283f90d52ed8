"""What every type of fact is called, and who it is for, told to who does not know its code."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from shared.kernel.words import Words, spoken_in

SCHEMAS = Path(__file__).parent / "schemas"
WITHIN = "x-within"
"""Marks the schema of a fact that only the acting unit, or authority, may see."""


def words_of(fact_type: str) -> Words | None:
    """Give the words of a type of fact, from its schema; None for one that has no schema."""
    return spoken_in(str(_schema(fact_type).get("description", "")))


def is_own_affair(fact_type: str) -> bool:
    """Say whether facts of this type are for the acting authority alone."""
    return WITHIN in _schema(fact_type)


@cache
def _schema(fact_type: str) -> dict[str, Any]:
    file = SCHEMAS / f"{fact_type}.json"
    if not file.exists():
        return {}
    schema: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return schema
