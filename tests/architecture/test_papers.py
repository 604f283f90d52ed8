"""The papers hold: decisions name what enforces them, tests say what they protect."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.architecture import tree

ENFORCED = re.compile(r"Enforced by: (`[^`]+`(, `[^`]+`)*)\.?")


def unenforced(path: Path, text: str, root: Path = tree.ROOT) -> Iterator[str]:
    """Give what is wrong with the last line of a decision: missing, or naming what is not there."""
    last = text.rstrip().rpartition("\n")[2]
    named = ENFORCED.fullmatch(last)
    if named is None:
        yield f"{path} does not end with: Enforced by: `path`"
        return
    for name in re.findall(r"`([^`]+)`", named[1]):
        if not (root / name).is_file() and not any((root / name).rglob("test_*.py")):
            yield f"{path} is enforced by {name}, which is neither a file nor a folder of tests"


def undecided(project: Mapping[str, Any], decisions: str) -> list[str]:
    """Give every direct dependency that has no row in the table of a decision."""
    rows = "\n".join(line for line in decisions.splitlines() if line.startswith("| `"))
    asked = [*project["project"]["dependencies"]]
    asked += (each for group in project["dependency-groups"].values() for each in group)
    names = [re.split(r"[^\w-]", each, maxsplit=1)[0] for each in asked]
    return [name for name in names if f"`{name}`" not in rows]


def silent_tests(path: Path, module: ast.Module) -> Iterator[str]:
    """Give every test that does not say which rule it protects."""
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("test_") and not ast.get_docstring(node):
            yield f"{path}:{node.lineno} {node.name}"


def test_every_decision_names_what_enforces_it() -> None:
    """The last line of each ADR names files that exist and would fail if it were broken."""
    decisions = [path for path in tree.tracked() if path.match("docs/adr/*.md")]
    assert decisions
    tree.keep(each for path in decisions for each in unenforced(path, tree.text(path)))


def test_a_decision_without_enforcement_is_seen() -> None:
    """A missing last line and a file that is not there are found."""
    adr = Path("docs/adr/0000-example.md")
    assert list(unenforced(adr, "# A\n\nEnforced by: `Makefile`, `tests`\n")) == []
    assert list(unenforced(adr, "# A\n\nEnforced by: `nothing/here.py`\n")) != []
    assert list(unenforced(adr, "# A\n\nEnforced by: `docs`\n")) != []
    assert list(unenforced(adr, "# A\n\nEnforced by: good will\n")) != []


def test_every_dependency_was_decided_on() -> None:
    """What this project depends on stands in a decision, with licence and alternatives."""
    project = tomllib.loads(tree.text(Path("pyproject.toml")))
    decisions = (tree.text(path) for path in tree.tracked() if path.match("docs/adr/*.md"))
    tree.keep(undecided(project, "\n".join(decisions)))


def test_an_undecided_dependency_is_seen() -> None:
    """A library that only prose mentions is found, at run time and for development."""
    project = {
        "project": {"dependencies": ["fastapi>=0.1", "left-pad[x]==1"]},
        "dependency-groups": {"dev": ["mypy"]},
    }
    table = "| `fastapi`, `uvicorn` | 0.1 | MIT |\nWe also use `mypy`.\n"
    assert undecided(project, table) == ["left-pad", "mypy"]


def test_every_test_says_what_it_protects() -> None:
    """Read together, the docstrings of the tests are the specification."""
    paths = tree.code("tests")
    tree.keep(each for path in paths for each in silent_tests(path, tree.parsed(path)))


def test_a_silent_test_is_seen() -> None:
    """A test without a docstring is found, also inside a class and where it waits."""
    planted = "def test_a(): pass\nclass A:\n    async def test_b(self): pass\ndef c(): pass\n"
    assert [each.split()[1] for each in silent_tests(Path("a.py"), ast.parse(planted))] == [
        "test_a",
        "test_b",
    ]
