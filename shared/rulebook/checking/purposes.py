"""Whether the purposes of reading are a tree whose leaves somebody real may choose."""

from collections.abc import Iterator

from shared.rulebook.checking.investigating import investigating
from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.names import all_dangling, dangling, repeated
from shared.rulebook.district import District
from shared.rulebook.loading import Place
from shared.rulebook.purposes import Purpose, Purposes


def purposes_faults(purposes: Purposes, district: District) -> Iterator[Fault]:
    """Everything wrong with the purposes that a reading may have."""
    if not purposes.tree:
        da, en = "der er ingen formål med at læse", "there are no purposes of reading"
        yield Fault(("tree",), "no-purposes", da, en)
    yield from repeated(("tree",), purposes.tree)
    for index, purpose in enumerate(purposes.tree):
        place: Place = ("tree", index)
        yield from investigating(place, purpose.id, purpose.da, purpose.en)
        offices = district.office_by_id
        yield from all_dangling((*place, "offices"), "office", purpose.offices, offices)
        if purpose.within is not None:
            at = (*place, "within")
            yield from dangling(at, "purpose", purpose.within, purposes.by_id)
            yield from _loop(at, purpose, purposes)
        if purpose.offices and purpose.id not in purposes.leaves:
            da, en = "vælg et af formålene under det", "choose one of the purposes within it"
            yield Fault((*place, "offices"), "chosen-group", da, en)


def _loop(place: Place, purpose: Purpose, purposes: Purposes) -> Iterator[Fault]:
    if purpose.within and purposes.is_a(purpose.within, purpose.id):
        da, en = f"{purpose.id} hører under sig selv", f"{purpose.id} is within itself"
        yield Fault(place, "purpose-loop", da, en)
