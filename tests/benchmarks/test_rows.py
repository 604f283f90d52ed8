"""What a run of the benchmarks says, and that it says what was missed. Nothing is timed here."""

import ast
import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.__main__ import MEASURES, RESULTS
from benchmarks.load import Timed
from benchmarks.rows import NothingMeasured, Row, at_least, at_most, missed, percentile, ratio
from benchmarks.table import tell

FIELDS = ["name", "value", "unit", "target", "met"]
FOLDER = Path(RESULTS).parents[1]


def test_a_row_has_five_fields() -> None:
    """Each row says what, how much, in which unit, how much it should be, and whether it is."""
    assert Row("a", 0.256789, "×", at_least(0.2)).told() == {
        "name": "a",
        "value": 0.2568,
        "unit": "×",
        "target": ">= 0.2",
        "met": True,
    }


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("a", 3.0, "×", at_least(3)), True),
        (Row("a", 2.99, "×", at_least(3)), False),
        (Row("a", 50, "ms", at_most(50)), True),
        (Row("a", 50.1, "ms", at_most(50)), False),
        (Row("a", 1, "ms"), None),
    ],
)
def test_a_bound_itself_is_enough(row: Row, met: bool | None) -> None:  # noqa: FBT001 - the answer
    """A target counts as met on its bound, as missed beyond it; without one nothing is judged."""
    assert row.met is met


def test_what_is_told_is_what_is_judged() -> None:
    """A value that reads as the bound is never called a miss: it is judged as it is told."""
    row = Row("a", 1.500_04, "×", at_most(1.5))
    assert (row.told()["value"], row.met) == (1.5, True)


def test_a_missed_target_is_said() -> None:
    """A row that misses its target stays in the table, and a sentence below says that it does."""
    rows = [
        Row("slow", 0.1, "×", at_least(0.2)).told(),
        Row("fast", 0.3, "×", at_least(0.2)).told(),
        Row("told", 7, "ms").told(),
    ]
    (said,) = missed(rows)
    assert "slow" in said
    assert ">= 0.2" in said
    shown = io.StringIO()
    tell(Console(file=shown, width=120), rows, ["stores: no server"])
    assert "slow" in shown.getvalue()
    assert shown.getvalue().count("missed") == 1
    assert "stores: no server" in shown.getvalue()


def test_a_ratio_is_taken_round_by_round() -> None:
    """Ours is divided by theirs of the same round, and the middle of the rounds counts."""
    assert ratio([(10, 100), (30, 100), (400, 1000)]) == 0.3
    assert ratio([(2, 1), (4, 1)]) == 3


@pytest.mark.parametrize("pairs", [[], [(1.0, 0.0)]])
def test_nothing_is_no_ratio(pairs: list[tuple[float, float]]) -> None:
    """Without a round, or with a peer that did nothing, there is no figure at all."""
    with pytest.raises(NothingMeasured):
        ratio(pairs)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    """The p99 of a hundred values is the ninety-ninth, of one the one; of none there is none."""
    values = [float(each) for each in range(100, 0, -1)]
    assert [percentile(values, part) for part in (0.0, 0.5, 0.99, 1.0)] == [1, 50, 99, 100]
    assert percentile([7.0], 0.99) == 7
    with pytest.raises(NothingMeasured):
        percentile([], 0.5)


def test_a_rate_counts_answers_in_a_second() -> None:
    """Two answers in half a second are four a second; percentiles are told in milliseconds."""
    timed = Timed(0.5, (0.002, 0.001))
    assert (timed.rate, timed.ms(0.5), timed.ms(0.99)) == (4, 1, 2)


def test_everything_measured_has_a_file_of_its_name() -> None:
    """Each name that ``--only`` takes is a coroutine function in a file of that name."""
    files = {path.stem: path for path in (FOLDER / "measures").glob("*.py")}
    made = {
        stem
        for stem, path in files.items()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.AsyncFunctionDef) and node.name == stem
    }
    assert made >= set(MEASURES)
    assert len(MEASURES) == len(set(MEASURES))


def test_results_that_are_kept_are_whole() -> None:
    """A kept run tells machine, seed and commit, and its rows have the five fields and agree."""
    for path in RESULTS.parent.glob("*.json"):
        told = json.loads(path.read_text("utf-8"))
        assert {"machine", "seed", "commit", "rows"} <= told.keys()
        assert all(list(row) == FIELDS for row in told["rows"])
        assert all((row["met"] is None) == (row["target"] is None) for row in told["rows"])
        names = [row["name"] for row in told["rows"]]
        assert len(names) == len(set(names))
