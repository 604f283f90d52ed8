"""Engines that stores of several tests stand on: started when first needed, ended together."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from shared.platform.tied import PARENT
from shared.testing.esdb.process import READY

PORT = 2113
ROOT = Path(__file__).parents[2]
NO_ENGINE = "no real EventStoreDB: ESDB_URI is not set, and no Docker engine answers"

Engine = Callable[[], AbstractContextManager[str]]


class Engines:
    """The engines in use, by how they are started."""

    def __init__(self, ends: ExitStack) -> None:
        self._ends = ends
        self._urls: dict[Engine, str] = {}

    def url(self, engine: Engine) -> str:
        """Give the connection string of *engine*, started now unless it runs already."""
        if engine not in self._urls:
            self._urls[engine] = self._ends.enter_context(engine())
        return self._urls[engine]


@contextmanager
def served_for_tests() -> Iterator[str]:
    """Give the test server, as a process of its own that ends with this one."""
    with TemporaryDirectory() as folder:
        tied = (sys.executable, "-m", "shared.platform.tied")
        serves = (sys.executable, "-m", "shared.testing.esdb", folder)
        with subprocess.Popen(
            (*tied, *serves),
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, PARENT: str(os.getpid())},
        ) as process:
            try:
                assert process.stdout is not None
                target = process.stdout.readline().rpartition(READY)[2].strip()
                yield f"esdb://{target}?tls=false"
            finally:
                process.kill()


@contextmanager
def real_engine() -> Iterator[str]:
    """Give a real engine: the one at ``ESDB_URI``, or one of the platform's image; else skip.

    ``ESDB_URI`` may name a store that holds facts already: tests add services of their own.
    """
    if uri := os.environ.get("ESDB_URI"):
        yield uri
        return
    if not _docker_answers():
        pytest.skip(NO_ENGINE)
    ready = HttpWaitStrategy(PORT, "/health/live").for_status_code(204)
    platform = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    container = (
        DockerContainer(platform["services"]["esdb"]["image"])
        .with_exposed_ports(PORT)
        .waiting_for(ready)
    )
    with container.with_env("EVENTSTORE_INSECURE", "true") as running:
        host, port = running.get_container_host_ip(), running.get_exposed_port(PORT)
        yield f"esdb://{host}:{port}?tls=false"


def _docker_answers() -> bool:
    where = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    with socket.socket(socket.AF_UNIX) as engine:
        try:
            engine.connect(where.removeprefix("unix://"))
        except OSError:
            return False
    return True
