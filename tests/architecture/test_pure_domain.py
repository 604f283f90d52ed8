"""The domain is pure: no clock, no chance, no file, no wire, no framework but Pydantic."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import tree

IMPURE_CALLS = {"now", "today", "utcnow", "uuid1", "uuid4", "uuid7", "random", "getenv", "open"} | {
    "print",
    "input",
    "eval",
    "exec",
    "__import__",
}
PURE_LIBRARY = {
    "abc",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "itertools",
    "math",
    "operator",
    "re",
    "types",
    "typing",
    "uuid",
    "zoneinfo",  # Europe/Copenhagen is the law's clock, not the machine's
}
SLICES = Path("shared/rulebook/slices.py")
ALLOWED = {"pydantic", "shared.kernel", "shared.rulebook.slices"}


def imported(tree_: ast.AST) -> Iterator[tuple[int, str]]:
    """Give the line and the dotted name of everything that is imported."""
    for node in ast.walk(tree_):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def may_import(path: Path, name: str) -> bool:
    """Say whether the domain file at *path* may know *name*."""
    own = ".".join(path.parts[: 3 if path.parts[0] == "services" else 2])
    return name.partition(".")[0] in PURE_LIBRARY or any(
        name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED | {own}
    )


def impurities(path: Path, module: ast.Module) -> Iterator[str]:
    """Give every line of *module* on which replay could answer otherwise another day."""
    for line, name in imported(module):
        if not may_import(path, name):
            yield f"{path}:{line} imports {name}"
    for node in ast.walk(module):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield f"{path}:{node.lineno} waits"
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            if called in IMPURE_CALLS:
                yield f"{path}:{node.lineno} calls {called}()"


def pure_files() -> list[Path]:
    """Give the files of every domain, and the slice of the rulebook that a domain may read."""
    domains = (path for path in tree.code("services") if "domain" in path.parts)
    return [*domains, SLICES]


def test_the_domain_is_pure() -> None:
    """Replaying a stream gives the same answer on any day and on any machine."""
    tree.keep(each for path in pure_files() for each in impurities(path, tree.parsed(path)))


def test_an_impure_domain_is_seen() -> None:
    """Each way of being impure is found: a clock, chance, waiting, a framework, another layer."""
    planted = """
import os
from datetime import datetime
from services.councils.domain.docket import events
from shared.eventstore import port
from shared.kernel import ids
async def decide(): return datetime.now()
"""
    path = Path("services/referrals/domain/referral/decisions.py")
    assert [each.split(" ", 1)[1] for each in impurities(path, ast.parse(planted))] == [
        "imports os",
        "imports services.councils.domain.docket.events",
        "imports shared.eventstore.port",
        "waits",
        "calls now()",
    ]
