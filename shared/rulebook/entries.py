"""What every entry of the rulebook is made of: ids, words in two languages, dates and a source."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from shared.kernel.ids import AuthorityId, BasisId, ForumId, ProgrammeId, RouteId, UnitId

Unknown = Literal["unknown"]
"""The plan or the law is silent, and nobody has decided yet. Never a guess."""

_READABLE = StringConstraints(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")

Id = Annotated[str, _READABLE]
"""A readable id: small letters a-z, digits and single hyphens or underscores."""

AuthorityRef = Annotated[AuthorityId, _READABLE]
UnitRef = Annotated[UnitId, _READABLE]
ForumRef = Annotated[ForumId, _READABLE]
ProgrammeRef = Annotated[ProgrammeId, _READABLE]
RouteRef = Annotated[RouteId, _READABLE]
BasisRef = Annotated[BasisId, _READABLE]

Sentence = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
"""Words for a person to read; never empty."""

Source = Annotated[
    str,
    StringConstraints(
        pattern=r"^(?:(?:inferred: )?plan §\d+|law §\d+|example)(?: [^;]+)?"
        r"(?:; (?:(?:inferred: )?plan §\d+|law §\d+|example)(?: [^;]+)?)*$"
    ),
]
"""Where a rule stands: plan §n, law §n, inferred: plan §n, or example; several joined by "; "."""

Age = Annotated[int, Field(ge=0, le=150)]
"""Full years."""


class Entry(BaseModel):
    """A piece of the rulebook: frozen, and without keys that nobody has defined."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Worded(Entry):
    """An entry with its words in Danish and English, and where it stands."""

    da: Sentence
    en: Sentence
    source: Source


class Said(Worded):
    """A worded entry that others refer to by its id."""

    id: Id


class Dated(Entry):
    """An entry that holds from one civil date (Europe/Copenhagen) to another, both included."""

    valid_from: date
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the entry is in force on *day*."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Named(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The id that others refer to."""
        ...


Item = TypeVar("Item", bound=Named)


def found(entries: Iterable[Item], entry_id: str) -> Item | None:
    """The entry with this id, or None."""
    return next((entry for entry in entries if entry.id == entry_id), None)
