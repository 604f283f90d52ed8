"""The whole rulebook: from files or from the event that activated it, and its slices."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import JsonValue

from shared.rulebook.checking.districts import district_faults
from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.checking.programmes import programme_faults
from shared.rulebook.checking.shapes import WrongShape, shaped
from shared.rulebook.days import civil_date
from shared.rulebook.district import District
from shared.rulebook.entries import Entry
from shared.rulebook.forms import form_text
from shared.rulebook.hashing import Manifest, manifest_of
from shared.rulebook.loading import read_document, rulebook_files
from shared.rulebook.programme import Programme
from shared.rulebook.slices import Rules

Part = TypeVar("Part", bound=Entry)


class FaultyRulebook(ValueError):
    """The content is no rulebook; ``faults`` say which rules it breaks, and where in it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        first = faults[0]
        super().__init__(f"{len(faults)} faults, the first: {first.rule} at {first.place}")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One version of all the rules, checked; ``content`` is what its activation event holds."""

    content: dict[str, JsonValue] = field(repr=False)
    district: District = field(repr=False)
    programmes: Mapping[str, Programme] = field(repr=False)
    manifest: Manifest
    _forms: Mapping[str, str] = field(repr=False)

    def rules(self, programme: str, at: datetime) -> Rules | None:
        """The slice for a programme at an aware moment; None when there is no such programme."""
        found = self.programmes.get(programme)
        if found is None:
            return None
        return Rules(
            district=self.district,
            programme=found,
            on=civil_date(at),
            programme_hash=self.manifest.programmes[programme],
            manifest_hash=self.manifest.hash,
            form=self._forms[programme],
        )


def parse(content: Mapping[str, JsonValue]) -> Rulebook:
    """The rulebook with this content: ``{"district": {...}, "programmes": {id: {...}}}``.

    Raises FaultyRulebook with every fault; its places begin with the part they are in.
    """
    parts = content.get("programmes")
    raw = parts if isinstance(parts, dict) else {}
    faults: list[Fault] = list(_strange(content))
    district = _part(District, content.get("district"), ("district",), faults)
    programmes = {
        name: programme
        for name, part in raw.items()
        if (programme := _part(Programme, part, ("programmes", name), faults))
    }
    if district is not None:
        faults.extend(_cross(district, programmes))
    if faults or district is None:
        raise FaultyRulebook(tuple(faults))
    return Rulebook(
        content={"district": content["district"], "programmes": raw},
        district=district,
        programmes=programmes,
        manifest=manifest_of(content["district"], raw),
        _forms={name: form_text(p.intake) for name, p in programmes.items()},
    )


def load(directory: Path) -> Rulebook:
    """The rulebook in a directory's files. Raises FaultyRulebook, FaultyYaml or OSError.

    ``shared.rulebook.checking.check`` says the same mistakes with file and line.
    """
    districts, programmes = rulebook_files(directory)
    found: dict[str, JsonValue] = {file.stem: read_document(file).content for file in programmes}
    district = read_document(districts[0]).content if len(districts) == 1 else None
    return parse({"district": district, "programmes": found})


def _part(
    form: type[Part], content: JsonValue, place: tuple[str, ...], faults: list[Fault]
) -> Part | None:
    try:
        return shaped(form, content)
    except WrongShape as wrong:
        faults.extend(_within(place, wrong.faults))
        return None


def _cross(district: District, programmes: Mapping[str, Programme]) -> Iterator[Fault]:
    yield from _within(("district",), district_faults(district))
    for name, programme in programmes.items():
        place = ("programmes", name)
        if programme.id != name:
            da, en = f"programmet hedder {programme.id}", f"the programme is {programme.id}"
            yield Fault(place, "file-name", da, en)
        yield from _within(place, programme_faults(programme, district))


def _strange(content: Mapping[str, JsonValue]) -> Iterator[Fault]:
    for key in content:
        if key not in {"district", "programmes"}:
            yield Fault((key,), "unknown-key", f"{key} findes ikke her", f"no key {key} here")
    if not content.get("programmes"):
        da, en = "der er ingen programmer", "there are no programmes"
        yield Fault(("programmes",), "no-programmes", da, en)


def _within(place: tuple[str, ...], faults: Iterable[Fault]) -> Iterator[Fault]:
    for fault in faults:
        yield Fault((*place, *fault.place), fault.rule, fault.da, fault.en)
