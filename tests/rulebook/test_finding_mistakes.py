"""Every rule of the checker, planted in a copy of the shipped rulebook and found on its line."""

import re
from pathlib import Path

import pytest

from shared.rulebook import checking
from shared.rulebook.checking import check
from shared.rulebook.content import FaultyRulebook, load
from shared.rulebook.loading import FaultyYaml
from tests.rulebook.planted import DISTRICT, PLANTED, PSP, UKN, Planted

OF_THE_WHOLE = {"one-district", "no-programmes", "no-purposes", "no-policies"}
OF_TWO_FILES = {"forum-kind"}


def test_the_shipped_rulebook_has_no_mistake(shipped: Path) -> None:
    """What the platform comes with passes its own check."""
    assert check(shipped) == []


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.rule}-{planted.at}")
def test_a_mistake_is_found_with_file_and_line(copy: Path, planted: Planted) -> None:
    """A jurist is told the file, the line and the rule of each mistake, in both languages."""
    file = copy / planted.file
    spoilt, line = planted.spoil(file.read_text())
    file.write_text(spoilt)
    found = [m for m in check(copy) if (m.file, m.line, m.rule) == (file, line, planted.rule)]
    assert found, [str(mistake) for mistake in check(copy)]
    assert found[0].da
    assert found[0].en


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.rule}-{planted.at}")
def test_what_is_refused_by_the_check_is_never_loaded(copy: Path, planted: Planted) -> None:
    """A faulty rulebook cannot be put in force by another door than the check's."""
    file = copy / planted.file
    file.write_text(planted.spoil(file.read_text())[0])
    with pytest.raises((FaultyRulebook, FaultyYaml)):
        load(copy)


def test_every_rule_of_the_checker_is_planted() -> None:
    """A rule without a planted mistake could be lost without anybody noticing."""
    sources = Path(checking.__file__).parent.glob("*.py")
    words = {
        word
        for source in sources
        for word in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', source.read_text())
    }
    assert words - OF_THE_WHOLE - OF_TWO_FILES <= {planted.rule for planted in PLANTED}


def test_a_mistake_reads_as_one_line(copy: Path) -> None:
    """An editor can jump to it: file, line, rule, then the words in Danish and English."""
    file = copy / PSP
    file.write_text(file.read_text().replace("existence: open", "existence: maybe"))
    (mistake,) = check(copy)
    assert re.fullmatch(
        rf"{re.escape(str(file))}:\d+: unknown-value: vælg .* / choose .*", str(mistake)
    )


def test_coverage_may_be_given_with_a_dated_decision(copy: Path) -> None:
    """Once somebody has decided which infohus takes Odder's cases, it may be written."""
    file = copy / DISTRICT
    decided = (
        "municipality: odder-kommune\n    forum: infohus-aarhus\n"
        "    decision: {date: 2026-11-02, by: Kredsrådet, reference: Referat 4/2026}\n"
    )
    file.write_text(
        file.read_text().replace("municipality: odder-kommune\n    forum: unknown\n", decided)
    )
    assert check(copy) == []


def test_a_new_infohus_needs_a_decision_too(copy: Path) -> None:
    """The plan names four infohuse: a later one covers nothing before it is decided."""
    file = copy / DISTRICT
    later = "  - id: infohus-randers\n    name: Infohus Randers\n    kind: infohus\n"
    text = file.read_text()
    start = text.index(later)
    dated = text[start:].replace("valid_from: 2021-01-26", "valid_from: 2026-01-01", 1)
    file.write_text(text[:start] + dated)
    assert [mistake.rule for mistake in check(copy)] == ["undecided-coverage"]


def test_odder_with_syddanmark_is_no_mistake(copy: Path) -> None:
    """Odder lies in Region Midtjylland, but nothing is derived from the map: either may stand."""
    file = copy / DISTRICT
    file.write_text(
        file.read_text().replace(
            "unit: region-syddanmark-psykiatri", "unit: region-midtjylland-psykiatri"
        )
    )
    assert check(copy) == []


def test_all_mistakes_are_told_at_once(copy: Path) -> None:
    """Nobody should have to check ten times to find ten mistakes, nor for mistakes in two files."""
    for name, old, new in (
        (PSP, "existence: open", "existence: maybe"),
        (PSP, "      category: health\n", ""),
        (DISTRICT, "month: 6", "month: 13"),
    ):
        file = copy / name
        file.write_text(file.read_text().replace(old, new))
    assert {m.rule for m in check(copy)} == {"unknown-value", "missing-category", "wrong-type"}


def test_a_sender_may_be_shown_less_than_the_form(copy: Path) -> None:
    """Only a holder must be shown all that the form asks for: a sender has its own words."""
    file = copy / PSP
    text = file.read_text()
    less = text.replace("[identity, contact, social, health, free_text, ", "[")
    assert less != text
    file.write_text(less)
    assert check(copy) == []


def test_whoever_cannot_look_here_needs_no_profile(copy: Path) -> None:
    """A receiver without an account holds nothing here; once it has one, it must be shown it."""
    file = copy / DISTRICT
    text = file.read_text()
    assert check(copy) == []
    start = text.index("  - id: ukn-sekretariat\n")
    file.write_text(text[:start] + text[start:].replace("account: false", "account: true", 1))
    found = {(mistake.file, mistake.rule) for mistake in check(copy)}
    assert found == {(copy / UKN, "blind-holder")}
    entry = "disclosure:\n  - role: holder\n    categories: [identity, contact, family, health,"
    entry += " crime, social, assessment, free_text, administrative]\n    source: example\n"
    shown = (copy / UKN).read_text().replace("disclosure:\n", entry)
    (copy / UKN).write_text(shown)
    assert "blind-holder" not in {mistake.rule for mistake in check(copy)}


def test_an_empty_directory_is_no_rulebook(tmp_path: Path) -> None:
    """There must be one district, and at least one programme, purpose and policy."""
    assert {mistake.rule for mistake in check(tmp_path)} == OF_THE_WHOLE
    with pytest.raises(FaultyRulebook):
        load(tmp_path)


def test_a_route_must_have_somewhere_to_end(copy: Path) -> None:
    """A programme cannot send to a kind of forum that the district does not have."""
    (copy / DISTRICT).write_text(
        (copy / DISTRICT).read_text().replace("kind: ukn\n", "kind: ssp\n")
    )
    found = {(mistake.file, mistake.rule) for mistake in check(copy)}
    assert found == {(copy / UKN, "unknown-forum-kind")}


def test_a_docket_must_have_a_forum(copy: Path) -> None:
    """A docket cannot be kept by a kind of forum that the district does not have."""
    file = copy / DISTRICT
    text = file.read_text().replace("kind: lokalraad\n", "kind: kredsraad\n")
    file.write_text(text.replace("dockets:\n  psp:\n", "dockets:\n  lokalraad:\n"))
    found = {(mistake.line, mistake.rule) for mistake in check(copy)}
    assert found == {(_line_of(text, "dockets:\n") + 1, "unknown-forum-kind")}


def test_a_district_without_dockets_is_no_mistake(copy: Path) -> None:
    """Where no forum keeps a docket, nothing has to be written about it."""
    file = copy / DISTRICT
    text = file.read_text()
    file.write_text(text[: text.index("dockets:\n")])
    assert check(copy) == []


def _line_of(text: str, part: str) -> int:
    return text.count("\n", 0, text.index(part)) + 1
