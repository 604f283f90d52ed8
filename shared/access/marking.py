"""What is said with everything shared under § 115: no investigation may use it (law on sharing)."""

from typing import Literal

from pydantic import BaseModel

from shared.api.labels import Administrative
from shared.rulebook.content import Rulebook


class Marking(BaseModel):
    """Said with everything that was shared under § 115 of the Administration of Justice Act."""

    da: Administrative[Literal["må ikke anvendes til efterforskning"]] = (
        "må ikke anvendes til efterforskning"
    )
    en: Administrative[Literal["not to be used for investigation"]] = (
        "not to be used for investigation"
    )


def marking_of(rules: Rulebook, programme: str, basis: str | None) -> Marking | None:
    """Give the marking of what rests on § 115; of a draft, where any of the programme may.

    What the newest rules no longer know, a programme or a basis, may have rested on it: it is
    marked, so that no change of words frees anything.
    """
    found = rules.programmes.get(programme)
    named = [each for each in (found.bases if found else ()) if basis in {None, each.id}]
    is_free = bool(named) and not any(each.section_115 for each in named)
    return None if is_free else Marking()
