"""Checking a rulebook before it is put in force: every mistake with its file, line and rule."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from shared.rulebook.checking.districts import district_faults
from shared.rulebook.checking.mistakes import Mistake, located
from shared.rulebook.checking.programmes import programme_faults
from shared.rulebook.checking.shapes import WrongShape, shaped
from shared.rulebook.district import District
from shared.rulebook.entries import Entry
from shared.rulebook.loading import Document, FaultyYaml, read_document, rulebook_files
from shared.rulebook.programme import Programme

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
    mistakes.extend(_file_names(read_programmes))
    for document, district in read_districts:
        mistakes.extend(located(fault, document) for fault in district_faults(district))
    for document, programme in read_programmes:
        for _, district in read_districts[:1]:
            faults = programme_faults(programme, district)
            mistakes.extend(located(fault, document) for fault in faults)
    return sorted(mistakes, key=lambda m: (m.file, m.line, m.rule, m.en))


def _counted(directory: Path, districts: list[Path], programmes: list[Path]) -> Iterator[Mistake]:
    if len(districts) != 1:
        da = f"der skal være præcis ét district.yaml, her er {len(districts)}"
        en = f"there must be exactly one district.yaml, here are {len(districts)}"
        yield Mistake(directory, 1, "one-district", da, en)
    if not programmes:
        da, en = "der er ingen programmer", "there are no programmes"
        yield Mistake(directory, 1, "no-programmes", da, en)


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
