"""What each party of a case is shown, and what may be done where an ordinary rule does not do."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Literal, TypeVar

from pydantic import ConfigDict, Field

from shared.rulebook.entries import Entry, Id, Said, Source
from shared.rulebook.vocabulary import Category, Role

Item = TypeVar("Item")
Some = Annotated[tuple[Item, ...], Field(min_length=1)]
"""A list with at least one entry: an empty one would be a rule that nobody can follow."""

Start = Literal["start", "joining"]
MONTHS = 12


class Disclosure(Entry):
    """What parties of one role, in units of some kinds, are shown (da: videregivelsesprofil).

    Without ``unit_kinds`` it is for every kind. ``since`` (written ``from``) is the moment from
    which they may see what is said: the start of the case, or their joining it. Of who is let in
    it is the limit: whoever lets them in decides, and no further back than this.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True)

    role: Role
    unit_kinds: Some[Id] | None = None
    categories: Some[Category]
    since: Annotated[Start | None, Field(alias="from")] = None
    source: Source

    @property
    def starts(self) -> Start:
        """From when on it shows: whoever is let in sees from joining, if nothing else is said."""
        return self.since or ("joining" if self.role == "let_in" else "start")

    def is_for(self, role: str, kind: str) -> bool:
        """Whether it is for parties of this role in units of this kind; the first that is, counts.

        Whoever decides asks this; ``Profiles`` says the same of the units of a district.
        """
        return self.role == role and (self.unit_kinds is None or kind in self.unit_kinds)


LONGEST_GLASS = 3
"""Hours for which a glass may be broken at most, whatever a programme says (architecture §8)."""


class BreakGlass(Entry):
    """Which offices may open a case of their own unit in an emergency, for how many hours."""

    offices: Some[Id]
    hours: Annotated[int, Field(ge=1)]
    source: Source


class Lapse(Entry):
    """After how long something is to be looked at again."""

    amount: Annotated[int, Field(ge=1, le=3660)]
    unit: Literal["calendar_months", "calendar_days"]

    def after(self, day: date) -> date:
        """The day it runs out, begun on *day*; a month without that date ends on its last day."""
        if self.unit == "calendar_days":
            return day + timedelta(days=self.amount)
        years, month = divmod(day.month - 1 + self.amount, MONTHS)
        year, month = day.year + years, month + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))


class Protection(Entry):
    """What is hidden of a person with a protected address, and from whom (law §16).

    ``named_offices`` see it where the police have notified a threat; the others do not even then.
    ``lapses_after`` only warns: the protection itself is the authorities'. An address is contact
    data, and nothing else is masked: another kind here would be a promise that nobody keeps.
    """

    field_categories: Some[Literal["contact"]]
    named_offices: Some[Id]
    lapses_after: Lapse
    source: Source


class LeavingBasis(Said):
    """A legal basis of its own on which something may leave the cooperation of section 115."""


class Leaving(Entry):
    """How information may leave the cooperation of section 115: on which basis, approved by whom.

    Where life or health is at stake the approval may come afterwards, within these hours.
    """

    bases: Some[LeavingBasis]
    approval_hours: Annotated[int, Field(ge=1, le=24)]
    approver_offices: Some[Id]
    source: Source
