"""The whole rulebook: from files or from the event that activated it, and its slices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import JsonValue

from shared.rulebook.checking.mistakes import Fault
from shared.rulebook.days import civil_date
from shared.rulebook.district import District
from shared.rulebook.forms import form_text
from shared.rulebook.hashing import Manifest, manifest_of
from shared.rulebook.loading import (
    PURPOSES_FILE,
    read_document,
    read_policies,
    rulebook_files,
)
from shared.rulebook.parts import PARTS, Parts, read_parts
from shared.rulebook.policies import ClassPolicies
from shared.rulebook.profiles import Profiles
from shared.rulebook.programme import Programme
from shared.rulebook.purposes import Purposes
from shared.rulebook.slices import Rules


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
    purposes: Purposes = field(repr=False)
    policies: ClassPolicies = field(repr=False)
    profiles: Profiles = field(repr=False)
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
    """The rulebook with this content: ``district``, ``programmes``, ``purposes``, ``policies``.

    One from before there were policies has neither of the last two: it lets nobody see anything.
    Raises FaultyRulebook with every fault; its places begin with the part they are in.
    """
    faults: list[Fault] = list(_strange(content))
    parts = read_parts(content, faults)
    if parts is not None:
        faults.extend(parts.faults())
    return _made(content, parts, faults)


def taken(content: Mapping[str, JsonValue]) -> Rulebook:
    """The rulebook with a content that was checked when it was put in force.

    It holds for its time as it is, whatever is asked of rulebooks since: a later check that refused
    it would leave a service without rules. Raises FaultyRulebook where a part cannot be read.
    """
    faults: list[Fault] = []
    return _made(content, read_parts(content, faults), faults)


def _made(content: Mapping[str, JsonValue], parts: Parts | None, faults: list[Fault]) -> Rulebook:
    if faults or parts is None:
        raise FaultyRulebook(tuple(faults))
    kept = {key: content[key] for key in PARTS if key in content}
    programmes = kept["programmes"]
    return Rulebook(
        content=kept,
        district=parts.district,
        programmes=parts.programmes,
        purposes=parts.purposes,
        policies=ClassPolicies(parts.files, parts.purposes, parts.district.office_by_id),
        profiles=Profiles.of(kept),
        manifest=manifest_of(
            kept["district"],
            programmes if isinstance(programmes, dict) else {},
            purposes=kept.get("purposes"),
            policies=parts.files.normal if "policies" in kept else None,
        ),
        _forms={name: form_text(p.intake) for name, p in parts.programmes.items()},
    )


def load(directory: Path) -> Rulebook:
    """The rulebook in a directory's files. Raises FaultyRulebook, FaultyYaml or OSError.

    ``shared.rulebook.checking.check`` says the same mistakes with file and line.
    """
    districts, programmes = rulebook_files(directory)
    found: dict[str, JsonValue] = {file.stem: read_document(file).content for file in programmes}
    purposes = directory / PURPOSES_FILE
    return parse(
        {
            "district": read_document(districts[0]).content if len(districts) == 1 else None,
            "programmes": found,
            "purposes": read_document(purposes).content if purposes.exists() else {},
            "policies": read_policies(directory),
        }
    )


def _strange(content: Mapping[str, JsonValue]) -> Iterator[Fault]:
    for key in content:
        if key not in PARTS:
            yield Fault((key,), "unknown-key", f"{key} findes ikke her", f"no key {key} here")
    if not content.get("programmes"):
        da, en = "der er ingen programmer", "there are no programmes"
        yield Fault(("programmes",), "no-programmes", da, en)
