"""The documents hold: what they link to and name is there, and their commands can be run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from shared.cli.main import app
from tests.architecture import tree

CODE = re.compile(r"^```[\s\S]*?^```|^(?: {4}.*\n)+|`[^`\n]+`", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\((?P<file>[^)#\s]*)(?P<anchor>#[^)\s]*)?\)")
HEADING = re.compile(r"^#+ +(?P<text>.+)$", re.MULTILINE)
MAKE = re.compile(r"(?<![\w-])make (?P<target>[a-z]+)\b")
KREDSLOB = re.compile(r"(?<![\w/-])(?:\.venv/bin/)?kredslob (?P<words>[a-z]+(?: [a-z]+)?)\b")
NAMED = re.compile(
    r"`(?P<path>(?:\.ci|docs|infra|requirements|rulebook|services|shared|tests)/[\w./-]*)`"
)
TARGET = re.compile(r"^(?P<target>[a-z]+):", re.MULTILINE)


def pages() -> list[Path]:
    """Give every document that git holds or would take."""
    return [path for path in tree.tracked() if path.suffix == ".md"]


def anchors(text: str) -> set[str]:
    """Give the anchors that a page's headings get where the repository is shown."""
    kept = (re.sub(r"[^\w\- ]", "", found["text"].lower()) for found in HEADING.finditer(text))
    return {f"#{heading.strip().replace(' ', '-')}" for heading in kept}


def dead_links(path: Path, text: str, root: Path = tree.ROOT) -> Iterator[str]:
    """Give every link of a page to a file or heading that is not there."""
    for found in LINK.finditer(CODE.sub("", text)):
        if "://" in found["file"]:
            continue
        target = (root / path).parent / found["file"] if found["file"] else root / path
        if not target.exists():
            yield f"{path} links to {found['file']}"
        elif found["anchor"] and found["anchor"] not in anchors(target.read_text("utf-8")):
            yield f"{path} links to {found['file']}{found['anchor']}"


def commands(command: Any, name: str = "") -> Iterator[str]:  # noqa: ANN401 - Typer keeps its own Click
    """Give the words of every command of the command line: ``up``, ``clock``, ``clock show``."""
    for word, inner in getattr(command, "commands", {}).items():
        yield f"{name} {word}".strip()
        yield from commands(inner, f"{name} {word}".strip())


def unknown_commands(path: Path, text: str) -> Iterator[str]:
    """Give every make target and command that a page names and nobody has made."""
    targets = {found["target"] for found in TARGET.finditer(tree.text(Path("Makefile")))}
    known = set(commands(get_command(app)))
    groups = {name.split()[0] for name in known if " " in name}
    for code in CODE.findall(text):
        for found in MAKE.finditer(code):
            if found["target"] not in targets:
                yield f"{path} names make {found['target']}"
        for found in KREDSLOB.finditer(code):
            first = found["words"].split()[0]
            said = found["words"] if first in groups else first
            if said not in known:
                yield f"{path} names kredslob {said}"


def missing_paths(path: Path, text: str, root: Path = tree.ROOT) -> Iterator[str]:
    """Give every file or folder of the repository that a page names and that is not there."""
    for found in NAMED.finditer(text):
        if not (root / found["path"]).exists():
            yield f"{path} names {found['path']}"


def test_every_link_leads_somewhere() -> None:
    """A link between documents names a file that is there, and a heading that it has."""
    tree.keep(each for path in pages() for each in dead_links(path, tree.text(path)))


def test_a_dead_link_is_seen() -> None:
    """A file that is gone and a heading that was renamed are found; other hosts are not asked."""
    planted = (
        "[a](gone.md) [b](#no-such-thing) [c](CHANGELOG.md#nor-this) [d](https://x.example/y)\n"
    )
    assert [each.split()[-1] for each in dead_links(Path("SECURITY.md"), planted)] == [
        "gone.md",
        "#no-such-thing",
        "CHANGELOG.md#nor-this",
    ]


def test_every_command_named_can_be_run() -> None:
    """What a document tells people to type is a target of the Makefile or a command."""
    tree.keep(each for path in pages() for each in unknown_commands(path, tree.text(path)))


def test_an_unknown_command_is_seen() -> None:
    """A target and a command that nobody has made are found in code, and prose is left alone."""
    planted = (
        "`make nothing` and\n\n    kredslob clock backward 7d\n\nwe make nothing, `make demo`.\n"
    )
    assert [each.partition("names ")[2] for each in unknown_commands(Path("a.md"), planted)] == [
        "make nothing",
        "kredslob clock backward",
    ]


def test_every_path_named_is_there() -> None:
    """A document names files where they are; a decision may name what has moved since."""
    read = (path for path in pages() if not path.match("docs/adr/*.md"))
    tree.keep(each for path in read for each in missing_paths(path, tree.text(path)))


def test_a_missing_path_is_seen() -> None:
    """A file that is not there is found; a pattern or an HTTP route is no file."""
    planted = "`shared/gone.py`, `services/*/domain`, `docs/adr`, `GET /referrals/a`\n"
    assert list(missing_paths(Path("a.md"), planted)) == ["a.md names shared/gone.py"]
