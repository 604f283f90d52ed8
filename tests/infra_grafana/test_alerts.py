"""The alerts ask for what the services show, at the limits of the code, and say what to do."""

import re
from typing import Any

import pytest
import yaml

from shared.api.health import State
from shared.messaging import relay
from shared.platform.supervising import ROOT
from shared.projections import runner
from shared.serving import gauges, ground, measuring
from tests.architecture.test_docs import anchors
from tests.infra_grafana.files import FOLDER, parsed
from tests.infra_grafana.promql import read, unknown

GROUPS: list[dict[str, Any]] = parsed("alerts.yaml")["groups"]
RULES: dict[str, dict[str, Any]] = {
    each["alert"]: each for group in GROUPS for each in group["rules"]
}
LIMITS: dict[str, list[float]] = {
    "KredslobOwnerNotHeard": [ground.STALE_AFTER, gauges.NEVER],
    "KredslobFollowingBehind": [ground.STALE_AFTER],
    "KredslobViewsBehind": [ground.STALE_AFTER, ground.STALE_AFTER, 1],
    "KredslobRelayBehind": [relay.MOST_COUNTED],
    "KredslobNotMeasured": [ground.STALE_AFTER],
}
"""Alerts whose limit is one of the code: in the order in which the expression names them."""
SECONDS = {"s": 1, "m": 60, "h": 3600}


def test_every_rule_is_one() -> None:
    """Each has what Prometheus demands and no more, under a name of its own."""
    names = [each["alert"] for group in GROUPS for each in group["rules"]]
    assert len(set(names)) == len(names) > 10
    for group in GROUPS:
        assert set(group) == {"name", "rules"}
        for rule in group["rules"]:
            assert {"alert", "expr", "labels", "annotations"} <= set(rule)
            assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
            assert re.fullmatch(r"Kredslob([A-Z][a-z]+)+", rule["alert"])
            assert rule["labels"] in ({"severity": "warning"}, {"severity": "critical"})
            assert set(rule["annotations"]) == {"summary", "description", "runbook"}


@pytest.mark.parametrize("name", RULES)
def test_every_alert_asks_for_what_is_shown(
    name: str, shown: dict[str, set[str]], of_targets: set[str]
) -> None:
    """Each metric and label of an alert is on a running service's page."""
    assert list(unknown(RULES[name]["expr"], shown, of_targets)) == []


@pytest.mark.parametrize("name", RULES)
def test_every_alert_speaks_of_what_it_has(
    name: str, shown: dict[str, set[str]], of_targets: set[str]
) -> None:
    """Its sentences name only labels that are left, and always the service."""
    rule = RULES[name]
    query = read(rule["expr"])
    of_metrics = set[str]().union(*(shown[each] for each in query.metrics))
    left = query.grouped or (of_metrics | of_targets)
    for text in (rule["annotations"]["summary"], rule["annotations"]["description"]):
        used = set(re.findall(r"\$labels\.(\w+)", text))
        assert "service" in used <= left
        assert text.count("{{") == text.count("}}")
        assert text.endswith(".")


@pytest.mark.parametrize("name", RULES)
def test_every_alert_says_what_to_do(name: str) -> None:
    """It names a section of a document that is there."""
    page, _, anchor = RULES[name]["annotations"]["runbook"].partition("#")
    assert f"#{anchor}" in anchors((ROOT / page).read_text("utf-8"))


@pytest.mark.parametrize("name", LIMITS)
def test_limits_are_those_of_the_code(name: str) -> None:
    """What the services call old or far behind is what the alert calls so."""
    told = re.findall(r"(?:>=|>|==|<) *(-?[\d.]+)", RULES[name]["expr"])
    assert [float(each) for each in told] == LIMITS[name]


def test_every_state_of_a_check_has_its_alert() -> None:
    """Down is 2 and degraded 1, as the services number them."""
    numbered = {state.value: number for number, state in enumerate(State)}
    assert RULES["KredslobCheckDown"]["expr"].endswith(f"== {numbered['down']}")
    assert RULES["KredslobCheckDegraded"]["expr"].endswith(f"== {numbered['degraded']}")


def test_nothing_is_called_old_before_it_could_be_new() -> None:
    """A limit leaves room for several measurements and heartbeats, and alerts for some scrapes."""
    config = parsed("prometheus.yaml")["global"]
    every = seconds(config["scrape_interval"])
    assert max(measuring.EVERY, measuring.PATIENCE, runner.HEARTBEAT) * 4 < ground.STALE_AFTER
    assert every * 2 < ground.STALE_AFTER
    assert seconds(config["scrape_timeout"]) <= every
    for rule in RULES.values():
        assert seconds(rule.get("for", "1m")) >= every * 2
        for window in re.findall(r"\[(\w+)\]", rule["expr"]):
            assert seconds(window) >= every * 4


def seconds(text: str) -> int:
    """Give how long Prometheus means by ``5m``."""
    return int(text[:-1]) * SECONDS[text[-1]]


def test_prometheus_asks_who_is_there() -> None:
    """Each target is a service of the compose file at its port there; the rules are found."""
    config = parsed("prometheus.yaml")
    assert [(FOLDER / each).is_file() for each in config["rule_files"]] == [True]
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    asked = dict[str, str]()
    for group in config["scrape_configs"][0]["static_configs"]:
        for target in group["targets"]:
            name, _, port = target.partition(":")
            assert composed[name]["environment"]["KREDSLOB_PORT"] == port
            assert name.startswith(group["labels"]["service"])
            asked[name] = port
    serving = {name for name in composed if name.startswith(("referrals", "councils", "audit"))}
    assert set(asked) == serving
