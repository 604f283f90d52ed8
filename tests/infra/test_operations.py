"""What docs/operations.md tells an operator is what the code does."""

import importlib
import re
from pathlib import Path

from shared.platform.certifying import CERTIFICATE_LASTS
from shared.platform.first_start import FirstStart
from shared.platform.layout import SERVICES
from shared.serving.serve import REFUSED
from shared.serving.settings import SECRETS
from tests.architecture import tree
from tests.infra.reading import compose, container_of, objects, workloads

PAGE = tree.text(Path("docs/operations.md"))


def test_every_setting_is_explained() -> None:
    """The table of settings names each one that a service reads, and no other."""
    table = PAGE.partition("## Settings")[2].partition("\n## ")[0]
    read = {SECRETS}
    for service in SERVICES:
        kind = importlib.import_module(f"services.{service}.settings").Settings
        read |= {f"KREDSLOB_{name.upper()}" for name in kind.model_fields}
    rows = "\n".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"KREDSLOB_\w+", rows)) == read


def test_the_versions_told_are_those_that_run() -> None:
    """The page names the version of each engine that compose runs."""
    for name in ("esdb", "nats", "postgres"):
        version = compose()["services"][name]["image"].partition(":")[2].partition("@")[0]
        shown = version if name == "esdb" else version.rpartition(".")[0].split("-")[0]
        assert re.search(rf"\b{re.escape(shown)}\b", PAGE), (name, shown)


def test_every_program_is_told_of() -> None:
    """Each container stands in the table of what runs, and each port published is named."""
    table = PAGE.partition("## What runs")[2].partition("\n## ")[0]
    for name, service in compose()["services"].items():
        assert f"`{name}`" in table or f"`{name[-2:]}`" in table, name
        for port in service.get("ports", ()):
            assert port.split(":")[1] in PAGE or name == "devlogin", port


def test_numbers_are_those_of_the_code() -> None:
    """How long certificates last, and how a process ends that is set up wrongly."""
    assert f"last {CERTIFICATE_LASTS.days} days" in PAGE
    assert f"exit code {REFUSED} and a sentence" in PAGE


def test_what_is_to_be_edited_is_there(first_start_in_cluster: FirstStart) -> None:
    """Policies, secrets and manifests that the page tells to change exist under those names."""
    for policy in ("asks-views", "doors", "worker-metrics"):
        assert f"`{policy}`" in PAGE
        assert policy in objects("NetworkPolicy")
    named = re.search(r"for each in ([\w -]+); do", PAGE)
    assert named is not None
    assert set(named[1].split()) == set(workloads()) < set(first_start_in_cluster.secrets)
    ours = [
        each for each in workloads().values() if container_of(each)["image"] == "kredslob:0.1.0"
    ]
    assert len(ours) == 4
    claims = {
        f"data-{name}-0" for name, each in workloads().items() if each["kind"] == "StatefulSet"
    }
    assert set(re.findall(r"`(data-[\w-]+-0)`", PAGE)) == claims - {"data-nats-0"}
