"""A programme from before there were policies, read as one of now: it shows nobody anything."""

from collections.abc import Mapping

from pydantic import JsonValue

SINCE: Mapping[str, JsonValue] = {
    "space": "exit",
    "existence": "secret",
    "members": "named",
    "disclosure": [],
    "protection": {
        "field_categories": ["contact"],
        "named_offices": ["leader"],
        "lapses_after": {"amount": 12, "unit": "calendar_months"},
        "source": "law §16",
    },
    "leaving": None,
}
"""What a programme has said since then, each at its strictest."""


def as_of_now(programme: JsonValue) -> JsonValue:
    """The programme with what was not said then; what it says itself stays as it is.

    It is for reading what was once activated: no file and no new activation is completed so.
    """
    return {**SINCE, **programme} if isinstance(programme, dict) else programme
