"""The command line where no platform runs: its help, its clock, the check of a rulebook."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from shared.cli.clock import OutOfReach, move
from shared.cli.main import app
from shared.kernel.clock import ShiftedClock
from shared.platform.layout import LOGIN
from shared.platform.supervising import ROOT
from tests.platform.town import kredslob
from tests.rulebook.planted import NAMES

WRONG_SPANS = ["7", "d7", "7 d", "-7d", "7y", "1.5h", "", "9999999d", "٧d"]  # noqa: RUF001 - a digit of another script
WRONG_MOMENTS = ["i morgen", "27-11-2026", "2026-13-01", ""]


def leaves(group: Any, *path: str) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - Typer's own kind
    """Give every command that does something, by the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, *path, name)
        else:
            yield (*path, name)


def ran(*words: str | Path) -> tuple[int, str]:
    """Give how a command ended and what it said, in lines as long as they like."""
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, [*map(str, words)])
    return result.exit_code, result.output


def ahead(var: Path) -> timedelta:
    """Give how far the clock of a folder has been moved."""
    return ShiftedClock(var / "clock").offset()


@pytest.mark.parametrize("words", sorted(leaves(get_command(app))), ids=" ".join)
def test_help_shows_an_example(words: tuple[str, ...]) -> None:
    """Who asks a command for help sees how it is called, in words that can be copied."""
    code, told = ran(*words, "--help")
    assert code == 0
    assert f"kredslob {' '.join(words)}" in told.partition("Example: ")[2]


def test_help_lists_every_command() -> None:
    """Whoever types the name alone learns what there is."""
    _, told = ran("--help")
    assert {words[0] for words in leaves(get_command(app))} <= set(told.split())


def test_only_the_login_can_just_be_served() -> None:
    """The login has no facts: nothing to check, rebuild or take up; it is not started instead."""
    for words in (["check"], ["rebuild"], ["parked", "list"]):
        code, told = ran(*words, LOGIN)
        assert (code, "Ukendt tjeneste" in told) == (2, True)


def test_a_service_that_is_not_there_is_named() -> None:
    """A slip of the pen is no traceback."""
    for words in (["serve"], ["check"], ["rebuild"], ["parked", "list"]):
        assert ran(*words, "henvisninger") == (
            2,
            "Ukendt tjeneste (unknown service): henvisninger\n",
        )


def test_the_clock_is_moved_for_everybody(tmp_path: Path) -> None:
    """Moves add up, and every process that reads the folder sees them."""
    var = tmp_path / "var"
    assert ran("clock", "forward", "7d", "--var", var)[0] == 0
    code, told = ran("clock", "forward", "90m", "--var", var)
    assert (code, "7 dage 1:30:00" in told) == (0, True)
    assert ahead(var) == timedelta(days=7, minutes=90)


def test_the_clock_is_shown_in_danish_time(tmp_path: Path) -> None:
    """A moment named is one in Denmark, summer time and all, and the day has its Danish name."""
    moment = datetime(2100, 7, 2, 13, 40, tzinfo=UTC)
    assert ran("clock", "to", "2100-07-02T15:40", "--var", tmp_path)[0] == 0
    now = ShiftedClock(tmp_path / "clock").now()
    assert moment <= now < moment + timedelta(minutes=5)
    assert "fredag 02-07-2100 15:4" in ran("clock", "show", "--var", tmp_path)[1]


@pytest.mark.parametrize("span", WRONG_SPANS)
def test_a_span_that_is_none_moves_nothing(tmp_path: Path, span: str) -> None:
    """What cannot be read is answered with how to write it, and with 2."""
    code, told = ran("clock", "forward", "--var", tmp_path, "--", span)
    assert (code, told) == (2, "Skriv fx 7d (write such as 7d).\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", WRONG_MOMENTS)
def test_a_moment_that_is_none_moves_nothing(tmp_path: Path, moment: str) -> None:
    """As for spans."""
    code, told = ran("clock", "to", moment, "--var", tmp_path)
    assert (code, told.startswith("Skriv fx 2026-11-27T15:40")) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_the_clock_never_goes_back(tmp_path: Path) -> None:
    """What was recorded lies in the past, and stays there."""
    move(tmp_path, timedelta(days=1))
    yesterday = (ShiftedClock(tmp_path / "clock").now() - timedelta(hours=3)).isoformat()
    code, told = ran("clock", "to", yesterday, "--var", tmp_path)
    assert (code, "Uret går aldrig tilbage" in told) == (1, True)
    with pytest.raises(OutOfReach):
        move(tmp_path, timedelta(seconds=-1))
    assert ahead(tmp_path) == timedelta(days=1)


@pytest.mark.parametrize(
    "words", [["forward", "999999w"], ["to", "9999-12-31"], ["to", "2200-01-02"]]
)
def test_the_clock_stays_within_the_calendar(tmp_path: Path, words: list[str]) -> None:
    """A clock beyond the last year would stop every process that reads it."""
    code, told = ran("clock", *words, "--var", tmp_path)
    assert (code, "Uret går ikke længere" in told) == (1, True)
    assert ahead(tmp_path) == timedelta()


def test_the_shipped_rulebook_has_no_mistake() -> None:
    """What is put in force by ``make run`` passes the check, and the check names its hash."""
    code, told = ran("rulebook", "check", ROOT / "rulebook")
    assert (code, told.startswith("Ingen fejl")) == (0, True), told


def test_a_mistake_is_named_by_file_line_and_rule(tmp_path: Path) -> None:
    """A jurist finds the place without a programmer; nothing is put in force with a mistake."""
    rulebook, slip = Path(shutil.copytree(ROOT / "rulebook", tmp_path / "rules")), NAMES[0]
    file = rulebook / slip.file
    text = file.read_text("utf-8")
    assert slip.old in text, slip.old
    file.write_text(text.replace(slip.old, slip.new, 1), "utf-8")
    line = text.replace(slip.old, slip.new, 1)[: text.index(slip.old)].count("\n") + 1
    for words in (("check", rulebook), ("activate", rulebook, "--var", tmp_path)):
        code, told = ran("rulebook", *words)
        assert code == 1
        assert f"{slip.file}:{line}: {slip.rule}: " in told.replace(f"{rulebook}/", "")


def test_where_nothing_runs_it_is_said(tmp_path: Path) -> None:
    """A command for a running platform ends with 1 and a sentence, and makes nothing there."""
    var = tmp_path / "var"
    asked: tuple[tuple[str | Path, ...], ...] = (
        ("check", "referrals"),
        ("parked", "list", "audit"),
        ("rebuild", "referrals"),
        ("rulebook", "activate", ROOT / "rulebook"),
    )
    for words in asked:
        told = kredslob(*words, var=var)
        assert (told.returncode, "Ingen platform kører" in told.stdout) == (1, True), told.stderr
    assert not var.exists()
