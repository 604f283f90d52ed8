"""Checking a rulebook before it is put in force: every mistake with its file, line and rule."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from shared.rulebook.cedar import PolicyFiles, statements
from shared.rulebook.checking.districts import district_faults
from shared.rulebook.checking.mistakes import Fault, Mistake, located
from shared.rulebook.checking.policies import policies_faults
from shared.rulebook.checking.programmes import programme_faults, sharing_faults
from shared.rulebook.checking.purposes import purposes_faults
from shared.rulebook.checking.shapes import WrongShape, shaped
from shared.rulebook.district import District
from shared.rulebook.entries import Entry
from shared.rulebook.loading import (
    PURPOSES_FILE,
    Document,
    FaultyYaml,
    policy_files,
    read_document,
    read_policies,
    rulebook_files,
)
from shared.rulebook.programme import Programme
from shared.rulebook.purposes import Purposes

__all__ = ["Mistake", "check"]

Part = TypeVar("Part", bound=Entry)


def check(directory: Path) -> list[Mistake]:
    """Every mistake in the rulebook under *directory*, by file and line; none means it may be used.

    References between files are looked at once every file has the right form.
    """
    mistakes: list[Mistake] = []
    districts, programmes = rulebook_files(directory)
    mistakes.extend(_counted(directory, districts, programmes))
    read_districts = list(_read(districts, District, mistakes))
    read_programmes = list(_read(programmes, Programme, mistakes))
    purposes = [file for file in [directory / PURPOSES_FILE] if file.exists()]
    read_purposes = list(_read(purposes, Purposes, mistakes))
    mistakes.extend(_file_names(read_programmes))
    for document, district in read_districts:
        mistakes.extend(located(fault, document) for fault in district_faults(district))
    for _, district in read_districts[:1]:
        for document, programme in read_programmes:
            mistakes.extend(located(f, document) for f in programme_faults(programme, district))
            mistakes.extend(located(f, document) for f in sharing_faults(programme, district))
        for document, found in read_purposes:
            mistakes.extend(located(f, document) for f in purposes_faults(found, district))
            names = [programme.id for _, programme in read_programmes]
            mistakes.extend(_policies(directory, found, district, names))
    return sorted(mistakes, key=lambda m: (m.file, m.line, m.rule, m.en))


def _counted(directory: Path, districts: list[Path], programmes: list[Path]) -> Iterator[Mistake]:
    if len(districts) != 1:
        da = f"der skal være præcis ét district.yaml, her er {len(districts)}"
        en = f"there must be exactly one district.yaml, here are {len(districts)}"
        yield Mistake(directory, 1, "one-district", da, en)
    if not programmes:
        da, en = "der er ingen programmer", "there are no programmes"
        yield Mistake(directory, 1, "no-programmes", da, en)
    if not (directory / PURPOSES_FILE).exists():
        da, en = f"{PURPOSES_FILE} mangler", f"{PURPOSES_FILE} is missing"
        yield Mistake(directory, 1, "no-purposes", da, en)
    if not policy_files(directory)[1]:
        da, en = "der er ingen regler om adgang", "there are no policies"
        yield Mistake(directory, 1, "no-policies", da, en)


def _policies(
    directory: Path, purposes: Purposes, district: District, programmes: Sequence[str]
) -> Iterator[Mistake]:
    schema, files = policy_files(directory)
    if not files:
        return
    try:
        found = PolicyFiles.model_validate(read_policies(directory))
    except FaultyYaml as faulty:
        yield Mistake(schema.parent, faulty.line, faulty.rule, faulty.what, faulty.what)
        return
    for fault in policies_faults(found, purposes, district, programmes):
        yield _in_policies(fault, schema, found)


def _in_policies(fault: Fault, schema: Path, found: PolicyFiles) -> Mistake:
    """The fault with its file, and the line on which its policy, or the slip in it, stands."""
    match fault.place:
        case ("files", str(name), int(index)):
            statement = list(statements(found.files[name]))[index]
            file, line = schema.parent / f"{name}.cedar", statement.line_of(fault.en)
        case _:
            file, line = schema, 1
    return Mistake(file, line, fault.rule, fault.da, fault.en)


def _read(
    files: list[Path], form: type[Part], mistakes: list[Mistake]
) -> Iterator[tuple[Document, Part]]:
    for file in files:
        try:
            document = read_document(file)
        except FaultyYaml as faulty:
            da = f"filen kan ikke læses: {faulty.what}"
            en = f"the file cannot be read: {faulty.what}"
            mistakes.append(Mistake(file, faulty.line, faulty.rule, da, en))
            continue
        try:
            yield document, shaped(form, document.content)
        except WrongShape as wrong:
            mistakes.extend(located(fault, document) for fault in wrong.faults)


def _file_names(programmes: list[tuple[Document, Programme]]) -> Iterator[Mistake]:
    for document, programme in programmes:
        if document.file.stem != programme.id:
            da = f"filen skal hedde {programme.id}.yaml"
            en = f"the file must be called {programme.id}.yaml"
            yield Mistake(document.file, document.line_of(("id",)), "file-name", da, en)
