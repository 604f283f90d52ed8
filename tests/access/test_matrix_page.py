"""The page that a jurist signs: that it is true, that it is one page, and what signing leaves."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.referrals.projections.party_line import PartyView
from services.referrals.sight import sight
from shared.access.matrix import ANY, Matrix, Row, matrix, moved, read, written
from shared.cli.main import app
from shared.kernel.ids import UnitId
from shared.platform.supervising import ROOT
from shared.rulebook.days import civil_date
from shared.rulebook.vocabulary import CATEGORIES
from tests.access import everybody as every
from tests.access import onlookers
from tests.access.everybody import Place, Situation
from tests.access.pages import DAY, PAGE, PROGRAMMES, whole, written_out

TAKEN_ON = Situation("accepted", accepted=True)
SIGNER = "Opdigtet Jurist, chefjurist"
LINES = 66
"""What a sheet of A4 takes."""


def ran(*words: str | Path, answer: str = "") -> tuple[int, str]:
    """Give how ``kredslob access`` ended and what it said."""
    runner = CliRunner(env={"COLUMNS": "300"})
    result = runner.invoke(app, ["access", *map(str, words)], input=answer)
    return result.exit_code, result.output


def matrix_of(programme: str) -> Matrix:
    """Give the matrix of a shipped programme."""
    rules = every.rulebook()
    return matrix(rules, rules.programmes[programme], civil_date(every.NOW))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Give a rulebook that may be changed."""
    return Path(shutil.copytree(ROOT / "rulebook", tmp_path / "rules"))


def less_health(rules: Path) -> None:
    """Take health from whoever is let in as the first entry of the profile says."""
    file = rules / "programmes/psp.yaml"
    text = file.read_text("utf-8")
    assert "health" in text.partition("role: let_in")[2].partition("from:")[0]
    before, role, after = text.partition("role: let_in")
    file.write_text(before + role + after.replace("health, ", "", 1), "utf-8")


@pytest.mark.parametrize(("space", "programme"), every.PROGRAMMES.items())
def test_the_page_says_what_the_doors_decide(space: str, programme: str) -> None:
    """What a jurist signs is what the service shows: each cell is held against its own answer."""
    page = matrix_of(programme)
    assert page
    for row, cells in page.items():
        line = _line(space, programme, row)
        looks = [
            sight(line, onlookers.asker(line, kind=kind, office=row.office, purpose=purpose.id))
            for purpose in every.rulebook().purposes.choosable_by(row.office)
            for kind in ["oversight" if row.kind == ANY else row.kind]
        ]
        for category in CATEGORIES:
            given = any(look and look.may(category) for look in looks)
            own = any(look and look.may(category, own=True) for look in looks)
            told = cells.get(category)
            assert told == ("all" if given else "own" if own else None), (row, category)


def _line(space: str, programme: str, row: Row) -> PartyView:
    """Give the line of a unit of the kind; any of them will do for who oversees its authority."""
    usual = every.OTHERS[space][every.ROLES.index(row.role)]
    district, profiles = every.rulebook().district, every.rulebook().profiles
    line = every.line_of(Place(space, row.role, district.unit_by_id[usual].kind), TAKEN_ON)
    assert line is not None
    if row.kind == ANY:
        return line
    unit = every.unit_of(row.kind, frozenset())
    return replace(line, unit=UnitId(unit), sees=tuple(profiles.sees(programme, row.role, unit)))


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_it_is_one_page(programme: str) -> None:
    """It fits a terminal of a hundred columns and a sheet of paper."""
    lines = written_out(programme).splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) <= LINES


def test_the_pages_in_the_documentation_are_true() -> None:
    """Who reads about access reads of these rules; ``python -m tests.access.pages`` writes it."""
    assert PAGE.read_text("utf-8") == whole()


def test_a_matrix_is_read_as_it_was_written() -> None:
    """What was signed is compared with what is so, whatever else the file holds."""
    page = matrix_of("psp")
    assert read(json.loads(json.dumps(written(page)))) == page
    assert moved(page, page) == ()
    with pytest.raises(ValueError, match="no row"):
        read({"sender/ssp": {}})


def test_nothing_is_signed_until_somebody_does(rules: Path) -> None:
    """No page of the shipped rules has a signer, and it says so."""
    for programme in PROGRAMMES:
        code, told = ran("matrix", programme, "--rulebook", rules)
        assert (code, "Ikke underskrevet (not signed)" in told) == (0, True)


def test_signing_asks_first(rules: Path) -> None:
    """Who says no, or nothing, has signed nothing."""
    for answer in ("nej\n", "\n\nno\n", ""):
        code, told = ran("matrix", "psp", "--rulebook", rules, "--sign", SIGNER, answer=answer)
        assert code == 1, told
        assert not (rules / "signed").exists()


def test_what_changed_since_is_told(rules: Path) -> None:
    """A signed page names who signed which rules when; a change is told cell by cell."""
    told = ran("matrix", "psp", "--rulebook", rules, "--sign", SIGNER, answer="ja\n")
    assert told[0] == 0
    signed = json.loads((rules / "signed/psp.json").read_text("utf-8"))
    assert signed["by"] == SIGNER
    assert len(signed["rulebook"]) == 64
    again = ran("matrix", "psp", "--rulebook", rules)[1]
    assert f"{datetime.now(UTC):%Y}: {SIGNER}" in again
    assert "Uændret siden (unchanged since)." in again
    less_health(rules)
    changed = ran("matrix", "psp", "--rulebook", rules)[1]
    assert "let_in, psychiatry, leader: ser mindre (sees less): helbred (health) ● → ○" in changed
    assert "Uændret" not in changed


def test_a_change_elsewhere_is_told_as_one(rules: Path) -> None:
    """Where nobody sees more or less the page is as it was signed, though the rules are not."""
    ran("matrix", "psp", "--rulebook", rules, "--sign", SIGNER, "--yes")
    file = rules / "programmes/infohus.yaml"
    file.write_text(file.read_text("utf-8").replace("en: Infohus", "en: The infohus", 1), "utf-8")
    told = ran("matrix", "psp", "--rulebook", rules)[1]
    assert "Uændret siden (unchanged since). Andre regler er ændret" in told


@pytest.mark.parametrize("signer", ["Opdigtet Jurist", "Opdigtet Jurist, ", ", chefjurist", ""])
def test_a_signature_names_an_office(rules: Path, signer: str) -> None:
    """Nobody answers for a page without saying as what."""
    code, told = ran("matrix", "psp", "--rulebook", rules, "--yes", "--sign", signer)
    assert (code, "Navn, hverv" in told) == (2, True)
    assert not (rules / "signed").exists()


def test_a_signed_file_that_is_none_is_named(rules: Path) -> None:
    """What cannot be read is neither believed nor overwritten."""
    (rules / "signed").mkdir()
    for wrong in ("", "{}", '{"by": "", "on": "2026-01-01", "rulebook": "", "matrix": {"x": {}}}'):
        (rules / "signed/psp.json").write_text(wrong, "utf-8")
        code, told = ran("matrix", "psp", "--rulebook", rules, "--sign", SIGNER, "--yes")
        assert (code, "signed/psp.json" in told) == (1, True)
        assert (rules / "signed/psp.json").read_text("utf-8") == wrong


def test_a_programme_that_is_not_there_is_named(rules: Path) -> None:
    """A slip of the pen is answered with what there is."""
    code, told = ran("matrix", "ssp", "--rulebook", rules)
    assert (code, "Ukendt indsats (unknown programme): ssp" in told) == (2, True)
    assert all(each in told for each in PROGRAMMES)


def test_a_difference_is_told_and_ends_with_one(rules: Path, tmp_path: Path) -> None:
    """Before rules are put in force it is known who would see more or less; as ``diff`` ends."""
    same = ran("diff", ROOT / "rulebook", rules, "--var", tmp_path / "nowhere")
    assert (same[0], "Ingens adgang ændres (nobody's access changes)." in same[1]) == (0, True)
    less_health(rules)
    there = [*_lines(ran("diff", ROOT / "rulebook", rules, "--var", tmp_path / "nowhere"))]
    back = [*_lines(ran("diff", rules, ROOT / "rulebook", "--var", tmp_path / "nowhere"))]
    assert (
        "psp: let_in, psychiatry, leader: ser mindre (sees less): helbred (health) ● → ○" in there
    )
    assert "psp: let_in, psychiatry, leader: ser mere (sees more): helbred (health) ○ → ●" in back
    assert len(there) == len(back)


def _lines(ended: tuple[int, str]) -> Iterator[str]:
    assert ended[0] == 1
    yield from (line for line in ended[1].splitlines() if line.startswith("psp: "))


def test_what_no_cell_says_is_compared_as_well(rules: Path, tmp_path: Path) -> None:
    """Who may break the glass, and for how long, is access like any other."""
    file = rules / "programmes/psp.yaml"
    file.write_text(file.read_text("utf-8").replace("hours: 3\n", "hours: 2\n", 1), "utf-8")
    told = list(_lines(ran("diff", ROOT / "rulebook", rules, "--var", tmp_path / "nowhere")))
    assert [line[:6] for line in told] == ["psp: -", "psp: +"]
    assert "i 2 timer" in told[1]


def test_mistakes_are_no_difference(rules: Path, tmp_path: Path) -> None:
    """A rulebook with mistakes is not compared: that ends with 2, not as a difference does."""
    (rules / "programmes/psp.yaml").write_text("id: psp\n", "utf-8")
    assert ran("diff", ROOT / "rulebook", rules, "--var", tmp_path)[0] == 2
    assert ran("diff", tmp_path / "none", ROOT / "rulebook", "--var", tmp_path)[0] == 2
    assert ran("matrix", "psp", "--rulebook", rules)[0] == 1


def test_another_day_is_shown_and_not_signed(rules: Path) -> None:
    """What will be so can be looked at; answered for is what is so today."""
    assert f"{DAY:%d-%m-%Y}" in ran("matrix", "ukn", "--on", DAY.isoformat())[1]
    code, _ = ran("matrix", "psp", "--rulebook", rules, "--on", DAY.isoformat(), "--sign", SIGNER)
    assert code == 2
