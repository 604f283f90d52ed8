"""Whether something speaks of investigation, which nothing here is ever for (law §2)."""

from collections.abc import Iterator

from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.loading import Place

STEMS = ("efterforsk", "investigat")


def investigating(place: Place, *words: str) -> Iterator[Fault]:
    """A fault at *place* when an id or a sentence names investigation, in either language."""
    said = " ".join(words).lower()
    if any(stem in said for stem in STEMS):
        da = "efterforskning er aldrig et formål (retsplejelovens § 115, stk. 2)"
        en = "investigation is never a purpose (law §2)"
        yield Fault(place, "investigation-purpose", da, en)
