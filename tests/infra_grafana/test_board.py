"""The board shows what the services show, and Grafana can take it as it is."""

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.infra_grafana.files import FOLDER, parsed
from tests.infra_grafana.promql import NotPromQL, read, unknown

BOARD: dict[str, Any] = json.loads((FOLDER / "boards/kredslob.json").read_text("utf-8"))
PANELS: list[dict[str, Any]] = BOARD["panels"]
GRAPHS = [panel for panel in PANELS if panel["type"] != "row"]
QUERIES = [(panel["title"], each["expr"]) for panel in GRAPHS for each in panel["targets"]]
WIDTH = 24


@pytest.mark.parametrize(("title", "expression"), QUERIES)
def test_every_panel_asks_for_what_is_shown(
    title: str, expression: str, shown: dict[str, set[str]], of_targets: set[str]
) -> None:
    """Each metric and label is on a running service's page; what was chosen above is heeded."""
    assert list(unknown(expression, shown, of_targets)) == [], title
    assert {("service", "$tjeneste")} == set(
        re.findall(r'(service)=~"(\$tjeneste)"', expression)
    ), f"{title} shows all services at once"


def test_every_legend_names_what_is_left() -> None:
    """What a legend puts in for a line is a label that the line has."""
    for panel in GRAPHS:
        for each in panel["targets"]:
            query = read(each["expr"])
            used = set(re.findall(r"\{\{(\w+)\}\}", each["legendFormat"]))
            assert used <= (query.grouped or {"service", "instance"}), panel["title"]


def test_panels_can_be_told_apart() -> None:
    """No two have one id or one title, none lies on another, each query has a letter of its own."""
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)
    for one, other in combinations((panel["gridPos"] for panel in PANELS), 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart or below, (one, other)
    for panel in GRAPHS:
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= WIDTH
        letters = [each["refId"] for each in panel["targets"]]
        assert len(set(letters)) == len(letters) > 0


def test_every_panel_says_what_it_shows() -> None:
    """A Danish title, an English description, and one data source that the reader may change."""
    (source,) = (each for each in BOARD["templating"]["list"] if each["type"] == "datasource")
    asked = {"type": "prometheus", "uid": f"${{{source['name']}}}"}
    assert source["query"] == "prometheus"
    for panel in PANELS:
        assert panel["title"]
        assert panel["description"].endswith((".", "?"))
    for panel in GRAPHS:
        assert [panel["datasource"], *(each["datasource"] for each in panel["targets"])] == [
            asked
        ] * (len(panel["targets"]) + 1)


def test_services_are_offered_that_there_are(
    shown: dict[str, set[str]], of_targets: set[str]
) -> None:
    """The list of services is asked of a metric that every process shows."""
    (choice,) = (each for each in BOARD["templating"]["list"] if each["type"] == "query")
    metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", choice["definition"]).groups()  # type: ignore[union-attr]  # no match fails the test
    assert metric in shown
    assert label in of_targets
    assert choice["query"]["query"] == choice["definition"]


def test_grafana_finds_the_board() -> None:
    """It has a lasting uid, no id of its own, and lies where the provider looks."""
    assert BOARD["uid"] == "kredslob"
    assert "id" not in BOARD
    (provider,) = parsed("provisioning/dashboards/kredslob.yaml")["providers"]
    assert Path(provider["options"]["path"]).name == "boards"
    assert [each.name for each in (FOLDER / "boards").iterdir()] == ["kredslob.json"]
    (source,) = parsed("provisioning/datasources/prometheus.yaml")["datasources"]
    assert (source["type"], source["isDefault"]) == ("prometheus", True)


@pytest.mark.parametrize(
    ("expression", "missing"),
    [
        ("up == 0", []),
        ("kredslob_gone > 1", ["no metric kredslob_gone"]),
        ('rate(up{case="x"}[5m])', ["no label case on up"]),
        ("sum by (unit) (up)", ["no label unit"]),
        ("min by (service) (up / nothing)", ["no metric nothing"]),
    ],
)
def test_what_is_not_shown_is_seen(expression: str, missing: list[str]) -> None:
    """A metric and a label that nobody shows are found."""
    assert list(unknown(expression, {"up": set()}, {"job", "service"})) == missing


@pytest.mark.parametrize("broken", ["sum(up", "up}", "mean(up)", "sum up", ""])
def test_what_is_no_expression_is_seen(broken: str) -> None:
    """What is not closed, and functions that nobody knows, are found."""
    with pytest.raises(NotPromQL):
        read(broken)
