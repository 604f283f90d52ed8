"""The parts of a rulebook's content, each read by itself, and what is wrong between them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import JsonValue

from shared.rulebook.cedar import PolicyFiles
from shared.rulebook.checking.districts import district_faults
from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.policies import policies_faults
from shared.rulebook.checking.programmes import programme_faults, sharing_faults
from shared.rulebook.checking.purposes import purposes_faults
from shared.rulebook.checking.shapes import WrongShape, shaped
from shared.rulebook.district import District
from shared.rulebook.entries import Entry
from shared.rulebook.programme import Programme
from shared.rulebook.purposes import Purposes
from shared.rulebook.upgrading import as_of_now

Part = TypeVar("Part", bound=Entry)

PARTS = ("district", "programmes", "purposes", "policies")
LATER = frozenset({"purposes", "policies"})
"""What rulebooks have had since there are policies."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a rulebook, each of the right form; whether they agree is yet to be asked."""

    district: District
    programmes: Mapping[str, Programme]
    purposes: Purposes
    files: PolicyFiles
    old: bool
    """Whether it is from before there were policies, and so says nothing of who sees what."""

    def faults(self) -> Iterator[Fault]:
        """Everything in which the parts contradict each other or themselves."""
        yield from _within(("district",), district_faults(self.district))
        for name, programme in self.programmes.items():
            yield from _within(("programmes", name), self._programme_faults(name, programme))
        if not self.old:
            yield from _within(("purposes",), purposes_faults(self.purposes, self.district))
            told = policies_faults(self.files, self.purposes, self.district, self.programmes)
            yield from _within(("policies",), told)

    def _programme_faults(self, name: str, programme: Programme) -> Iterator[Fault]:
        if programme.id != name:
            da, en = f"programmet hedder {programme.id}", f"the programme is {programme.id}"
            yield Fault((), "file-name", da, en)
        yield from programme_faults(programme, self.district)
        if not self.old:
            yield from sharing_faults(programme, self.district)


def read_parts(content: Mapping[str, JsonValue], faults: list[Fault]) -> Parts | None:
    """The parts of a content; what has a wrong form is added to *faults*, and left out."""
    old = not LATER & content.keys()
    raw = content.get("programmes")
    programmes: dict[str, Programme] = {}
    for name, said in (raw if isinstance(raw, dict) else {}).items():
        part = as_of_now(said) if old else said
        if programme := _part(Programme, part, ("programmes", name), faults):
            programmes[name] = programme
    none: JsonValue = {"schema": "", "files": {}}
    district = _part(District, content.get("district"), ("district",), faults)
    purposes = _part(Purposes, content.get("purposes", {}), ("purposes",), faults)
    files = _part(PolicyFiles, content.get("policies", none), ("policies",), faults)
    if district is None or purposes is None or files is None:
        return None
    return Parts(district, programmes, purposes, files, old)


def _part(
    form: type[Part], content: JsonValue, place: tuple[str, ...], faults: list[Fault]
) -> Part | None:
    try:
        return shaped(form, content)
    except WrongShape as wrong:
        faults.extend(_within(place, wrong.faults))
        return None


def _within(place: tuple[str, ...], faults: Iterable[Fault]) -> Iterator[Fault]:
    for fault in faults:
        yield Fault((*place, *fault.place), fault.rule, fault.da, fault.en)
