"""Who may see what in one programme, on one page of a terminal, in two languages."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import StringIO
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.table import Table

from shared.access.matrix import ANY, Cells, Matrix, Moved, Row, Share
from shared.kernel.words import Words
from shared.rulebook.content import Rulebook
from shared.rulebook.programme import Programme
from shared.rulebook.vocabulary import CATEGORIES, ROLES, Category

WIDTH: Final = 100
CATEGORY: Final[Mapping[Category, Words]] = {
    "identity": Words("identity", "identitet"),
    "contact": Words("contact", "kontakt"),
    "family": Words("family", "familie"),
    "health": Words("health", "helbred"),
    "crime": Words("crime", "kriminalitet"),
    "social": Words("social", "sociale forhold"),
    "assessment": Words("assessment", "vurdering"),
    "administrative": Words("administrative", "sagsoplysninger"),
    "free_text": Words("free text", "fritekst"),
}
ROLE: Final[Mapping[str, Words]] = {
    "sender": Words("sender", "afsender"),
    "holder": Words("holder", "den, der har sagen"),
    "let_in": Words("let in", "inddraget"),
}
CELLS: Final[Mapping[Share | None, str]] = {"all": "●", "own": "○", None: "·"}
LEGEND: Final = (
    "● det, egen myndighed har skrevet, og det, parten har fået (own and given); ○ kun det, egen",
    "  myndighed har skrevet (what one's own authority wrote); · intet (nothing).",
)
PROTECTED: Final = Words(
    "A protected address is masked for all until it is revealed for a reason",
    "En beskyttet adresse er skjult for alle, til den vises med en grund",
)
UNIT: Final = Words(
    "Everybody in a unit that takes part works on the case",
    "Alle i en enhed, der er part, er på sagen",
)
NAMED: Final = Words(
    "Once a unit has named who works on the case, others in it see administrative data only",
    "Har enheden nævnt, hvem der er på sagen, ser dens øvrige kun sagsoplysninger",
)
HIDDEN: Final = Words(
    "Once a unit has named who works on the case, it does not exist for others in it, leaders too",
    "Har enheden nævnt, hvem der er på sagen, findes den ikke for dens øvrige, heller ikke lederen",
)
NO_GLASS: Final = Words("The glass is never broken", "Nødadgang findes ikke")


def page(rulebook: Rulebook, programme: Programme, now: Matrix, day: date) -> str:
    """Give the page, in lines of at most 100 characters."""
    text = StringIO()
    console = Console(file=text, width=WIDTH, color_system=None, highlight=False)
    console.print(
        f"Adgang (access) {day:%d-%m-%Y}: {programme.id}: {programme.da} ({programme.en})"
    )
    console.print(_table(rulebook, now))
    for line in LEGEND:
        console.print(line)
    heads = (f"{_head(each.da)} {each.da} ({each.en})" for each in CATEGORY.values())
    console.print("; ".join(heads) + ".")
    for proviso in provisos(rulebook, programme):
        console.print(f"* {proviso}.")
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def provisos(rulebook: Rulebook, programme: Programme) -> tuple[str, ...]:
    """Give what no cell says: who is on the case, stand-ins, protected addresses, broken glass."""
    on_the_case = NAMED if programme.existence == "open" else HIDDEN
    if programme.members == "unit":
        on_the_case = UNIT
    stand_ins = (
        Words(f"{each.en} sees what that one sees", f"{each.da} ser det, som denne ser")
        for each in rulebook.district.offices
        if each.stands_in_for is not None and each.in_units
    )
    glass = NO_GLASS
    if programme.break_glass is not None:
        offices = [_office(rulebook, each) for each in programme.break_glass.offices]
        hours = programme.break_glass.hours
        da, en = ", ".join(o.da for o in offices), ", ".join(o.en for o in offices)
        glass = Words(f"Break-glass: {en}, for {hours} hours", f"Nødadgang: {da}, i {hours} timer")
    return tuple(map(said, (on_the_case, *stand_ins, PROTECTED, glass)))


def said(words: Words) -> str:
    """Give both languages on one line."""
    return f"{words.da} ({words.en})"


def category(name: str) -> str:
    """Give a data category in both languages; one that is not known here as it is called."""
    return next((said(words) for known, words in CATEGORY.items() if known == name), name)


def told(change: Moved) -> str:
    """Give one change in words."""
    role, kind, office = change.row
    verb = "ser mere (sees more)" if change.gained else "ser mindre (sees less)"
    cells = f"{CELLS[change.before]} → {CELLS[change.after]}"
    return f"{role}, {kind}, {office}: {verb}: {category(change.category)} {cells}"


def _head(danish: str) -> str:
    return danish[:3]


def _table(rulebook: Rulebook, now: Matrix) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, width=WIDTH)
    table.add_column("hverv (office)", ratio=3)
    table.add_column("enhedens art (kind of unit)", ratio=4)
    for each in CATEGORY.values():
        table.add_column(_head(each.da), width=3, justify="center")
    for role in ROLES:
        table.add_row(said(ROLE[role]).upper())
        for cells, offices, kinds in _lines(now, role):
            names = "\n".join(said(_office(rulebook, each)) for each in offices)
            where = "egen myndigheds (own authority's)" if kinds == (ANY,) else ", ".join(kinds)
            table.add_row(f"{names}", where, *(CELLS[cells.get(each)] for each in CATEGORIES))
    return table


def _lines(now: Matrix, role: str) -> Iterator[tuple[Cells, tuple[str, ...], tuple[str, ...]]]:
    """Give the rows of a role, those put together that see the same."""
    rows = [row for row in now if row.role == role]
    by_office = {
        office: tuple(_alike(now, mine))
        for office in dict.fromkeys(row.office for row in rows)
        for mine in [[row for row in rows if row.office == office]]
    }
    for alike, offices in groupby(by_office, key=by_office.__getitem__):
        held = tuple(offices)
        for cells, kinds in alike:
            yield cells, held, kinds


def _alike(now: Matrix, rows: Iterable[Row]) -> Iterator[tuple[Cells, tuple[str, ...]]]:
    left = list(rows)
    while left:
        cells = now[left[0]]
        yield cells, tuple(row.kind for row in left if now[row] == cells)
        left = [row for row in left if now[row] != cells]


def _office(rulebook: Rulebook, name: str) -> Words:
    office = rulebook.district.office_by_id[name]
    return Words(office.en, office.da)
