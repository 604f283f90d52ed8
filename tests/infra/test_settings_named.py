"""What the deployment files name is there: settings, modules, ports, secrets, files."""

import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from shared.api.doors import frame
from shared.serving.settings import SECRETS
from tests.architecture import tree
from tests.infra.reading import COMPOSE, DOCKERFILE, ENGINES, compose, module_of, ours, set_for

PREFIX = "KREDSLOB_"
IMAGE_TELLS = re.compile(r"(KREDSLOB_[A-Z_]+)=(\S+)")
FILLED_IN = re.compile(r"\$\{(\w+)")
WRITTEN = {"KREDSLOB_FOLDER", "KREDSLOB_UID", "KREDSLOB_GID", "KREDSLOB_ISSUER"}
"""What `kredslob prepare` writes into compose.env."""
CONTAINERS = dict(ours())


def settings_of(module: str) -> type[BaseSettings]:
    """Give the settings class of a service."""
    kind: type[BaseSettings] = importlib.import_module(f"{module}.settings").Settings
    return kind


def unknown(module: str, named: set[str]) -> Iterator[str]:
    """Give every setting of a container that its service does not read."""
    known = {f"{PREFIX}{each.upper()}" for each in settings_of(module).model_fields} | {SECRETS}
    yield from sorted(each for each in named if each.startswith(PREFIX) and each not in known)


def told(container: str) -> dict[str, str]:
    """Give everything that a container's program is told: by the image, then by the container."""
    image = dict(IMAGE_TELLS.findall(DOCKERFILE.read_text("utf-8")))
    return {**image, **set_for(CONTAINERS[container])}


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_setting_named_is_read(container: str) -> None:
    """What a container is told is a setting of the service that it runs; no typo is overlooked."""
    module = module_of(CONTAINERS[container])
    tree.keep(unknown(module, set(told(container))))


def test_a_setting_that_nobody_reads_is_seen() -> None:
    """A misspelt setting is found, and what is not ours is left alone."""
    named = {"KREDSLOB_ROLE", "KREDSLOB_ROLL", "PATH"}
    assert list(unknown("services.referrals", named)) == ["KREDSLOB_ROLL"]


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_setting_can_be_read(container: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each value is one that the setting takes, and what comes out is what production needs."""
    for name, value in told(container).items():
        if name != SECRETS:
            monkeypatch.setenv(name, FILLED_IN.sub("x", value).replace("}", ""))
    monkeypatch.delenv(SECRETS, raising=False)
    module = module_of(CONTAINERS[container])
    read = settings_of(module)().model_dump()
    assert read["mode"] == ("embedded" if module == "services.devlogin" else "production")
    assert read["host"] == "0.0.0.0"  # noqa: S104 - inside its container; what is published is another test's


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_command_can_be_run(container: str) -> None:
    """The module that a container runs is there, with what starts it."""
    module = module_of(CONTAINERS[container])
    assert importlib.util.find_spec(f"{module}.__main__") is not None


def test_every_variable_is_written_by_prepare() -> None:
    """Compose asks for nothing that `kredslob prepare` does not write."""
    assert set(FILLED_IN.findall(COMPOSE.read_text("utf-8"))) == WRITTEN


def test_every_file_copied_is_there() -> None:
    """The image copies what exists, and .dockerignore lets through that and nothing else."""
    copied = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    assert copied
    assert [each for each in copied if not Path(tree.ROOT, each).exists()] == []
    allowed = [line for line in tree.text(Path(".dockerignore")).splitlines() if line[:1] == "!"]
    assert sorted(allowed) == sorted(f"!{each}" for each in copied)


def test_no_test_code_is_in_the_image() -> None:
    """What only tests use stays out, and nothing that runs imports it."""
    assert "shared/testing" in tree.text(Path(".dockerignore")).splitlines()
    for path in tree.code("services", "shared"):
        if Path("shared/testing") not in path.parents:
            assert "shared.testing" not in tree.text(path), path


def test_the_doors_asked_for_health_are_there() -> None:
    """Each path that a probe or a health check asks is one that every service answers."""
    app = frame("probe", version="1", checks={})
    answered = {getattr(route, "path", "") for route in app.routes}
    asked = set(re.findall(r"127\.0\.0\.1:84\d\d(/\w+)", COMPOSE.read_text("utf-8")))
    for name, container in CONTAINERS.items():
        if name.startswith("*"):
            probes = ("startupProbe", "readinessProbe", "livenessProbe")
            asked |= {container[probe]["httpGet"]["path"] for probe in probes}
    assert asked == {"/readyz", "/healthz"}
    assert asked <= answered


def test_compose_and_kubernetes_tell_the_same() -> None:
    """A service is told the same settings in both; only values differ, such as how many nodes."""
    replicas = {"referrals-api-1": "referrals-api", "referrals-api-2": "referrals-api"}
    here = {name: each for name, each in CONTAINERS.items() if not name.startswith("*")}
    assert set(here) == set(compose()["services"]) - ENGINES
    for name, service in here.items():
        if name != "devlogin":
            there = CONTAINERS[f"*{replicas.get(name, name)}"]
            assert set(set_for(service)) == set(set_for(there)), name
