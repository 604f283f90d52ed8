"""The specification can be printed and names every rule."""

import ast

from tests.architecture.rules import rules_of, specification


def test_rules_are_read_from_tests_alone() -> None:
    """A rule is the first paragraph of a test's docstring; what only helps a test is left out."""
    planted = 'def test_a():\n    """One\n    rule.\n\n    Why."""\ndef b():\n    """No rule."""\n'
    assert rules_of(ast.parse(planted)) == ["One rule."]


def test_the_specification_holds_this_rule() -> None:
    """What `make rules` prints holds each rule once, under the folder that tests it."""
    printed = list(specification())
    assert "\n## architecture" in printed
    assert sum("holds each rule once" in line for line in printed) == 1
