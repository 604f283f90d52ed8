"""Unique pieces of text: whatever personal is written in a test can be found again anywhere."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import httpx2

FOUND: Final = re.compile(r"(?:⟦|\\u27e6|%E2%9F%A6)(\d+)-", re.IGNORECASE)
MARKS: Final = tuple(
    re.compile(mark, re.IGNORECASE)
    for mark in (
        rb"\xe2\x9f\xa6\d+-",
        rb"\\u27e6\d+-",
        rb"%E2%9F%A6\d+-",
        rb"\xe6\x27(?:\d\x00)+-\x00",
        rb"\x27\xe6(?:\x00\d)+\x00-",
    )
)
"""How a canary may stand in a file: in UTF-8, JSON, an address, UTF-16; never by chance."""


class Escaped(AssertionError):
    """A canary is where none may be."""


@dataclass
class Canaries:
    """Hands out canaries; each is a number and the name of what it stands for."""

    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def fresh(self, name: str) -> tuple[int, str]:
        """Give a new one: its number, and the text."""
        number = next(self._numbers)
        return number, f"⟦{number}-{name}⟧"


def found(*texts: str) -> frozenset[int]:
    """Give the numbers of all canaries in some texts."""
    return frozenset(int(number) for text in texts for number in FOUND.findall(text))


def everything(answer: httpx2.Response) -> str:
    """Give all that an answer says: its headers and its body."""
    told = [f"{name.decode()}: {value.decode()}" for name, value in answer.headers.raw]
    return "\n".join([*told, answer.text])


def none_in(text: str, where: str) -> None:
    """Refuse a text in which there is a canary. Raises ``Escaped``."""
    numbers = sorted(found(text))
    if numbers:
        raise Escaped(f"{where} tells {numbers}")


def none_in_files(files: Iterable[Path]) -> int:
    """Refuse files in which there is a canary; give how many were looked through."""
    looked = 0
    for file in files:
        held = file.read_bytes()
        for mark in MARKS:
            if mark.search(held):
                raise Escaped(f"{file.name} holds a canary")
        looked += 1
    return looked


def databases(var: Path) -> Iterator[Path]:
    """Give every file of a database below a folder, with what it has not yet written home."""
    for pattern in ("*.db", "*.db-wal", "*.db-shm", "*.db-journal"):
        yield from sorted(var.rglob(pattern))
