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
    text = " ".join((named.__doc__ or "").split())
    danish = _DANISH.search(text)
    english = " ".join(_DANISH.sub("", (named.__doc__ or "").strip().split("\n\n")[0]).split())
    if danish is None or not english:
        raise LookupError(f"{named.__name__} says nothing in one of the two languages")
    return Words(english, danish["danish"])
