"""What may be wrong with a rulebook, and where: in the parsed content, then in a file."""

from dataclasses import dataclass
from pathlib import Path

from shared.rulebook.loading import Document, Place


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule at a place in the content of one part of the rulebook."""

    place: Place
    rule: str
    da: str
    en: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A broken rule of the checker in a file, on a line (from 1), in Danish and English."""

    file: Path
    line: int
    rule: str
    da: str
    en: str

    def __str__(self) -> str:
        """The mistake on one line, as an editor can follow it."""
        return f"{self.file}:{self.line}: {self.rule}: {self.da} / {self.en}"


def located(fault: Fault, document: Document) -> Mistake:
    """The fault with the file and line it stands on."""
    line = document.line_of(fault.place)
    return Mistake(document.file, line, fault.rule, fault.da, fault.en)
