"""A rule may be broken, with a reason beside the breach."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import tree

EXCUSE = re.compile(r"#\s*(noqa\b|type:\s*ignore\b|mypy:|ruff:|pragma:)")
WITH_CODE_AND_REASON = re.compile(
    r"#\s*(noqa: [A-Z]+\d+(, ?[A-Z]+\d+)*|type: ignore\[[a-z, -]+\])\s*(-|–|#)\s*\w"
)
RULE = re.compile(r'"[A-Z]{1,4}\d*"')
REASON = re.compile(r"#\s+\w")


def unexcused(path: Path, text: str) -> Iterator[str]:
    """Give every comment that silences a tool without saying which rule and why."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        excuse = token.type == tokenize.COMMENT and EXCUSE.search(token.string)
        if excuse and not WITH_CODE_AND_REASON.search(token.string):
            yield f"{path}:{token.start[0]} {token.string}"


def unreasoned(settings: str) -> list[str]:
    """Give every line of the linter's settings that leaves out a rule without a reason."""
    section = settings.partition("[tool.ruff.lint]")[2].partition("\n# ---")[0]
    return [
        line.strip()
        for line in section.splitlines()
        if RULE.search(line) and "select" not in line and not REASON.search(line)
    ]


def test_every_silenced_rule_is_excused() -> None:
    """Each noqa and each type: ignore names its rule and gives its reason."""
    paths = tree.code("benchmarks", "services", "shared", "tests")
    tree.keep(each for path in paths for each in unexcused(path, tree.text(path)))


def test_a_silenced_rule_without_excuse_is_seen() -> None:
    """A blanket exception, one without a reason, and one for a whole file are all found."""
    planted = """
a = 1  # noqa
b = 1  # noqa: E501
c = 1  # type: ignore
d = 1  # type: ignore[misc]
e = 1  # noqa: E501 - a table reads best as one line
f = 1  # type: ignore[misc]  # the library is wrong about itself
g = "# noqa"
"""
    assert [each.split()[0] for each in unexcused(Path("a.py"), planted)] == [
        "a.py:2",
        "a.py:3",
        "a.py:4",
        "a.py:5",
    ]


def test_every_rule_left_out_has_a_reason() -> None:
    """The linter runs every rule but those with a reason beside them in pyproject.toml."""
    tree.keep(unreasoned(tree.text(Path("pyproject.toml"))))


def test_a_rule_left_out_without_reason_is_seen() -> None:
    """A bare code is found, in a list of its own and inside one line."""
    planted = '[tool.ruff.lint]\nselect = ["ALL"]\nignore = [\n"EM",\n"D105",  # a reason\n]\n'
    assert unreasoned(planted + '"a/**" = ["S101"]\n# ---') == ['"EM",', '"a/**" = ["S101"]']
