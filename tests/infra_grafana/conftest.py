"""What a running service shows on ``/metrics``, and what Prometheus adds to it."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.councils.stage import DEADLINE, councils
from tests.infra_grafana.files import parsed

LAST_TO_COME = (
    "kredslob_http_requests_total{",  # a request is counted once it is answered
    "kredslob_disk_free_bytes{",
    "kredslob_parked_facts 0",
    "kredslob_relay_lag_events 0",
)


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Give each metric of a service that really runs, with the labels it has."""
    page = asyncio.run(_page(tmp_path_factory.mktemp("grafana")))
    found = dict[str, set[str]]()
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return {**found, "up": set()}  # which Prometheus itself writes for every target


@pytest.fixture(scope="session")
def of_targets() -> set[str]:
    """Give the labels that Prometheus adds: its own, and those of its configuration."""
    targets = parsed("prometheus.yaml")["scrape_configs"][0]["static_configs"]
    return {"job", "instance"}.union(*(each["labels"] for each in targets))


async def _page(folder: Path) -> str:
    async with councils(folder, None) as running, asyncio.timeout(DEADLINE):
        while True:
            page = (await running.http.get(f"{running.url}/metrics")).text
            if all(each in page for each in LAST_TO_COME):
                return page
            await asyncio.sleep(0.05)
