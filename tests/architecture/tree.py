"""What the repository holds, as the architecture tests read it."""

import ast
import importlib
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]


def code(*folders: str) -> list[Path]:
    """Give every Python file below *folders*, relative to the root, in a lasting order."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT) for path in found)


@cache
def tracked() -> tuple[Path, ...]:
    """Give every file that git holds or would take, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = (Path(name) for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def keep(breaches: Iterable[str]) -> None:
    """Fail when a rule has been broken, and say where, one breach a line."""
    found = list(breaches)
    assert not found, "\n".join(["", *found])


def text(path: Path) -> str:
    """Give the text of a file named from the root."""
    return (ROOT / path).read_text(encoding="utf-8")


def parsed(path: Path) -> ast.Module:
    """Give the syntax tree of a file named from the root."""
    return ast.parse(text(path), filename=str(path))


@cache
def load_everything() -> None:
    """Import each module of services and shared, so that every class in them is known."""
    for path in code("services", "shared"):
        if path.stem != "__main__" and Path("shared/testing") not in path.parents:
            module = path.parent if path.stem == "__init__" else path.with_suffix("")
            importlib.import_module(".".join(module.parts))


def kinds_of(parent: type[T]) -> Iterator[type[T]]:
    """Give every class of services and shared that derives from *parent*, near or far."""
    load_everything()
    for kind in parent.__subclasses__():
        yield from kinds_of(kind)
        if kind.__module__.split(".")[0] in {"services", "shared"}:
            yield kind
