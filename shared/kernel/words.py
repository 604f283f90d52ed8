"""What a class is called, in both languages, read from its docstring: one place to write it."""

import re
from typing import NamedTuple

_DANISH = re.compile(r"\(da:\s*(?P<danish>[^)]+)\)")


class Words(NamedTuple):
    """One sentence in English and the same in Danish."""

    en: str
    da: str


def spoken(named: type) -> Words:
    """Give the first sentence or sentences of the docstring, and what it says after ``(da:``.

    Raises ``LookupError`` where a half is missing: what a person reads must exist in both.
    """
    words = spoken_in(named.__doc__ or "")
    if words is None:
        raise LookupError(f"{named.__name__} says nothing in one of the two languages")
    return words


def spoken_in(text: str) -> Words | None:
    """Give the two halves of a docstring, or None where one is missing."""
    danish = _DANISH.search(" ".join(text.split()))
    english = " ".join(_DANISH.sub("", text.strip().split("\n\n")[0]).split())
    return Words(english, danish["danish"]) if danish and english else None
