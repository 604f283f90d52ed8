"""Prints the specification: every rule that a test protects, in the words of the test."""

import ast
import statistics
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.architecture import tree


def rules_of(module: ast.Module) -> list[str]:
    """Give the first paragraph of every test's docstring, in the order of the file."""
    documented = (
        ast.get_docstring(node) or ""
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    )
    return [" ".join(text.split("\n\n")[0].split()) for text in documented if text]


def specification() -> Iterator[str]:
    """Give the lines of the specification, in Markdown: a folder, a file's subject, its rules."""
    yield "# What Kredsløb promises"
    tests = (path for path in tree.code("tests") if path.name.startswith("test_"))
    for folder, paths in groupby(tests, key=lambda path: path.parent.relative_to("tests")):
        yield f"\n## {folder}"
        for path in paths:
            module = tree.parsed(path)
            yield f"\n### {(ast.get_docstring(module) or path.stem).splitlines()[0]}\n"
            yield from (f"* {rule}" for rule in rules_of(module))


def sizes() -> str:
    """Give one line on how large the files of services and shared are."""
    lines = {path: tree.text(path).count("\n") for path in tree.code("services", "shared")}
    largest = max(lines, key=lambda path: lines[path], default=Path())
    median = statistics.median(lines.values() or [0])
    return f"{len(lines)} files, median {median:.0f} lines, longest {lines.get(largest)}: {largest}"


if __name__ == "__main__":
    sys.stdout.write("\n".join([*specification(), "", sizes(), ""]))
