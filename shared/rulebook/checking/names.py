"""Whether each name is given once, and whether what is named exists."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.entries import Named
from shared.rulebook.loading import Place


def repeated(place: Place, entries: Iterable[Named]) -> Iterator[Fault]:
    """A fault for every entry whose id an earlier one in the same list has."""
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry.id in seen:
            da, en = f"{entry.id} findes allerede", f"{entry.id} is there already"
            yield Fault((*place, index, "id"), "duplicate-id", da, en)
        seen.add(entry.id)


def dangling(place: Place, what: str, name: str, known: Collection[str]) -> Iterator[Fault]:
    """A fault ``unknown-<what>`` when *name* is not among the known ones."""
    if name not in known:
        da, en = f"{name} findes ikke", f"there is no {what} {name}"
        yield Fault(place, f"unknown-{what}", da, en)


def all_dangling(
    place: Place, what: str, names: Sequence[str], known: Collection[str]
) -> Iterator[Fault]:
    """As ``dangling`` for a list, each fault at the place of its own name."""
    for index, name in enumerate(names):
        yield from dangling((*place, index), what, name, known)
