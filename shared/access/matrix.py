"""Who may see which kind of data in a programme: the disclosure profile and the policies together.

One row for each party role, kind of unit and office, one column for each data category. It is what
a jurist signs, and what is compared when rules are to change.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from pydantic import TypeAdapter

from shared.access.caller import OVERSEEING
from shared.access.possible_parties import possible_parties
from shared.rulebook.content import Rulebook
from shared.rulebook.policies import Question
from shared.rulebook.programme import Programme
from shared.rulebook.vocabulary import CATEGORIES, ROLES, Category

ANY: Final = "*"
"""Stands for every kind of unit: who oversees an authority sees the same through each of them."""
ENVELOPE: Final = frozenset({"administrative"})
"""Without it nothing is seen at all. Of what other authorities wrote, who oversees gets no more."""

Share = Literal["own", "all"]
"""How much of a kind of data: what one's own authority wrote, or what others gave as well."""
Cells = Mapping[Category, Share]
"""What one row sees; a category that is not there is not seen at all."""
_RANKS: Final[Mapping[Share | None, int]] = {None: 0, "own": 1, "all": 2}
_NOTHING: Final[Cells] = {}


class Row(NamedTuple):
    """Who: a party role, a kind of unit, an office."""

    role: str
    kind: str
    office: str

    def __str__(self) -> str:
        return "/".join(self)


Matrix = Mapping[Row, Cells]
"""What each may see."""
_WRITTEN: Final = TypeAdapter(dict[str, dict[Category, Share]])


@dataclass(frozen=True, slots=True)
class Moved:
    """One kind of data of which somebody comes to see more or less."""

    row: Row
    category: Category
    before: Share | None
    after: Share | None

    @property
    def gained(self) -> bool:
        """Whether more is seen than before."""
        return _RANKS[self.after] > _RANKS[self.before]


def matrix(rulebook: Rulebook, programme: Programme, day: date) -> Matrix:
    """Give the matrix of a programme on a civil *day*, for whoever works on the case."""
    return {row: _seen(rulebook, programme, row, day) for row in _rows(rulebook, programme, day)}


def moved(old: Matrix, new: Matrix) -> tuple[Moved, ...]:
    """Give what changed between two matrices; a row that is new or gone had or has nothing."""
    return tuple(
        Moved(row, category, before.get(category), after.get(category))
        for row in sorted(old.keys() | new.keys())
        for before, after in [(old.get(row, _NOTHING), new.get(row, _NOTHING))]
        for category in CATEGORIES
        if before.get(category) != after.get(category)
    )


def written(matrix: Matrix) -> dict[str, dict[str, str]]:
    """Give a matrix as JSON holds it."""
    return {str(row): {str(name): share for name, share in matrix[row].items()} for row in matrix}


def read(signed: object) -> Matrix:
    """Give the matrix that :func:`written` wrote. Raises ValueError for anything else."""
    rows = _WRITTEN.validate_python(signed)
    return {_row(name): cells for name, cells in rows.items()}


def _row(name: str) -> Row:
    parts = name.split("/")
    if len(parts) != len(Row._fields):
        raise ValueError(f"no row: {name}")
    return Row(*parts)


def _rows(rulebook: Rulebook, programme: Programme, day: date) -> Iterator[Row]:
    """Give every row: the offices of each kind of unit that can have the role, and who oversees."""
    parties = possible_parties(rulebook.district, programme, day)
    offices = rulebook.district.offices
    for role in ROLES:
        for kind in sorted(parties[role]):
            for office in offices:
                if kind in office.in_units and office.stands_in_for is None:
                    yield Row(role, kind, office.id)
        if parties[role]:
            yield from (Row(role, ANY, each.id) for each in offices if each.id in OVERSEEING)


def _seen(rulebook: Rulebook, programme: Programme, row: Row, day: date) -> Cells:
    """Give what a row sees for at least one of the purposes that the office may choose."""
    given = rulebook.profiles.of_kind(programme.id, row.role, row.kind)
    if row.office in OVERSEEING:
        given = ENVELOPE
    if not given >= ENVELOPE:
        return _NOTHING  # for a party without a profile the case does not exist
    return {
        category: "all" if category in given else "own"
        for category in CATEGORIES
        if any(
            rulebook.policies.decide(
                Question(
                    action="see",
                    office=row.office,
                    purpose=purpose.id,
                    category=category,
                    role=row.role,
                    space=programme.space,
                    existence=programme.existence,
                    day=day,
                )
            ).allowed
            for purpose in rulebook.purposes.choosable_by(row.office)
        )
    }
