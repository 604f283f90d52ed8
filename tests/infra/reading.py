"""What the deployment files say, as the tests read them."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "infra" / "docker" / "Dockerfile"
MANIFESTS = ROOT / "infra" / "kubernetes"
ENGINES = frozenset({"esdb", "nats", "postgres"})
"""Programs that are not ours."""

Told = Mapping[str, Any]


@cache
def compose() -> Told:
    """Give the compose file, merges done and nothing filled in."""
    read: Told = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return read


@cache
def manifests() -> tuple[tuple[str, Told], ...]:
    """Give every Kubernetes object, each with the name of its file."""
    return tuple(
        (path.name, each)
        for path in sorted(MANIFESTS.glob("*.yaml"))
        for each in yaml.safe_load_all(path.read_text("utf-8"))
    )


def objects(kind: str) -> dict[str, Told]:
    """Give every object of one kind by its name."""
    return {each["metadata"]["name"]: each for _, each in manifests() if each["kind"] == kind}


def workloads() -> dict[str, Told]:
    """Give everything that runs pods, by its name."""
    return {**objects("StatefulSet"), **objects("Deployment")}


def pod_of(workload: Told) -> Told:
    """Give what a pod of it is made from."""
    pod: Told = workload["spec"]["template"]["spec"]
    return pod


def container_of(workload: Told) -> Told:
    """Give its one container."""
    (container,) = pod_of(workload)["containers"]
    only: Told = container
    return only


def set_for(service: Told) -> dict[str, str]:
    """Give the settings that a container is given, whichever file it stands in."""
    told = service.get("env") or service.get("environment") or {}
    if isinstance(told, Mapping):
        return {name: str(value) for name, value in told.items()}
    return {each["name"]: str(each.get("value", "")) for each in told}


def module_of(service: Told) -> str:
    """Give the Python module that a container of ours runs."""
    words = service.get("args") or service["command"]
    assert words[:2] == ["python", "-m"], words
    return str(words[2])


def ours() -> Iterator[tuple[str, Told]]:
    """Give every container of ours: in compose by its name, in Kubernetes with a star before."""
    for name, service in compose()["services"].items():
        if name not in ENGINES:
            yield name, service
    for name, workload in workloads().items():
        if name not in ENGINES:
            yield f"*{name}", container_of(workload)
