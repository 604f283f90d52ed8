"""Every source that is cited can be looked up: docs/sources.md says what each number is."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture import tree

SOURCES = Path("docs/sources.md")
CITED = re.compile(r"\b(plan|law) (§\d+(?:(?:, | and | og | to | til )§\d+)*)", re.IGNORECASE)
LISTED = re.compile(r"^### ((?:plan|law) §\d+): \S", re.MULTILINE)
PARAGRAPH = re.compile(r"§ (\d+)(?!\d)")
POINT = re.compile(r"law §21, punkt (\d+)")
READ = {".md", ".py"}


def cited(text: str) -> Iterator[str]:
    """Give every source that a text cites: ``plan §4, §5`` are two."""
    for which, numbers in CITED.findall(text):
        yield from (f"{which.lower()} {number}" for number in re.findall(r"§\d+", numbers))


def unlisted(texts: Iterable[tuple[Path, str]], listed: set[str]) -> Iterator[str]:
    """Give every source that is cited and not listed, with the file that cites it."""
    for path, text in texts:
        yield from (f"{path} cites {each}" for each in sorted(set(cited(text)) - listed))


def rulebook() -> list[tuple[Path, str]]:
    """Give the files of the rulebook that the platform comes with."""
    found = [path for path in tree.tracked() if path.parts[0] == "rulebook"]
    assert len(found) >= 5
    return [(path, tree.text(path)) for path in found]


def the_rest() -> list[tuple[Path, str]]:
    """Give the pages and the code, but for the list and what is planted here."""
    here = Path(__file__).relative_to(tree.ROOT)
    paths = (path for path in tree.tracked() if path.suffix in READ)
    return [(path, tree.text(path)) for path in paths if path not in {SOURCES, here}]


def test_every_source_of_a_rule_can_be_looked_up() -> None:
    """Whatever number a rule names, a jurist finds what it is and how sure it is."""
    listed = LISTED.findall(tree.text(SOURCES))
    assert len(listed) == len(set(listed))
    tree.keep(unlisted(rulebook(), set(listed)))


def test_pages_and_code_cite_nothing_else() -> None:
    """A number means the same wherever it stands, and none leads out of the repository."""
    tree.keep(unlisted(the_rest(), set(LISTED.findall(tree.text(SOURCES)))))


def test_nothing_is_listed_that_nobody_cites() -> None:
    """The list holds what the rules rest on, and no more."""
    used = {each for _, text in (*rulebook(), *the_rest()) for each in cited(text)}
    assert set(LISTED.findall(tree.text(SOURCES))) == used


def test_every_paragraph_of_a_statute_is_accounted_for() -> None:
    """A paragraph that the rulebook names to people stands in the list as well."""
    known = set(PARAGRAPH.findall(tree.text(SOURCES)))
    named = {each for _, text in rulebook() for each in PARAGRAPH.findall(text)}
    assert {"10", "11", "115", "133"} <= named
    assert named - known == set()


def test_every_open_question_has_its_point() -> None:
    """Where a rule waits for a jurist, the question it waits for is there under its number."""
    questions = tree.text(SOURCES).partition("### law §21")[2]
    asked = {each for _, text in rulebook() for each in POINT.findall(text)}
    assert asked
    assert asked <= set(re.findall(r"^(\d+)\. ", questions, re.MULTILINE))


def test_a_source_that_is_not_listed_is_seen() -> None:
    """A number alone, in a row of numbers, after a comma and in capitals is found."""
    planted = "source: inferred: plan §1; law §99\n(Plan §5 and §18, law §2, §98; RFC 6962 §2.1)\n"
    assert list(unlisted([(Path("a.yaml"), planted)], {"plan §1", "plan §5", "law §2"})) == [
        "a.yaml cites law §98",
        "a.yaml cites law §99",
        "a.yaml cites plan §18",
    ]
