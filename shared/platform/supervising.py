"""Starting the platform and keeping it up: each process is started again when it ends.

supervisord does the watching (ADR 0004): it restarts one child and leaves the others alone.
"""

import configparser
import os
import secrets
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any, ClassVar, Self
from xmlrpc.client import ServerProxy

import httpx2

from shared.messaging.server import write_config
from shared.platform.embedded import Program, embedded
from shared.platform.layout import (
    LOGIN,
    SERVICES,
    SUPERVISOR,
    SUPERVISOR_CONFIG,
    NotRunning,
    Ports,
    Running,
    free_ports,
    login_port,
    supervises,
)
from shared.platform.tied import PARENT

READY_WITHIN = 60.0
ROOT = Path(__file__).parents[2]
TIED = (sys.executable, "-m", "shared.platform.tied")
SUPERVISORD = ("-m", "supervisor.supervisord")


class AlreadyRunning(Exception):
    """The platform runs in this folder already."""


class NotReady(Exception):
    """A process did not become ready in time; its log says why."""


class Platform:
    """The running platform of one folder."""

    def __init__(self, var: Path, running: Running) -> None:
        self.var, self.running = var, running

    @classmethod
    def start(cls, var: Path, **settings: str) -> Self:
        """Start all processes in *var*; *settings* go to every service as ``KREDSLOB_<NAME>``.

        They end with the thread that called this, so that nothing is left behind.
        Raises ``AlreadyRunning`` and ``PortTaken``.
        """
        var = var.resolve()
        var.mkdir(parents=True, exist_ok=True, mode=0o700)
        _refuse_a_second(var)
        found = free_ports((*Ports._fields, *cls.more), {LOGIN: login_port(var)})
        given = {f"KREDSLOB_{key.upper()}": value for key, value in settings.items()}
        programs, password = cls.programs(var, found, given), secrets.token_urlsafe(24)
        config = var / SUPERVISOR_CONFIG
        write_config(config, _config(var, found[SUPERVISOR], password, programs))
        process = _supervised(config)
        ports, more = (_named(found, names) for names in (Ports._fields, cls.more))
        running = Running(Ports(**ports), process.pid, password, more)
        running.write(var)
        platform = cls(var, running)
        platform.process = process
        return platform

    more: ClassVar[Sequence[str]] = ()
    """Names of processes that listen and that an embedded platform does not have."""

    @classmethod
    def programs(
        cls, var: Path, ports: Mapping[str, int], given: Mapping[str, str]
    ) -> Mapping[str, Program]:
        """Give what runs, in the order in which it is started; make in *var* what it needs.

        *given* stands in the environment of every service.
        """
        return embedded(var, ports, given)

    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def found(cls, var: Path) -> Self:
        """Give the platform that runs in *var*. Raises ``NotRunning``."""
        var = var.resolve()
        running = Running.read(var)
        if not supervises(running.supervisor_pid, var):
            raise NotRunning(str(var))
        return cls(var, running)

    @classmethod
    def runs_in(cls, var: Path) -> bool:
        """Say whether a platform runs in *var*."""
        try:
            return bool(cls.found(var))
        except NotRunning:
            return False

    def url(self, service: str) -> str:
        """Give where a service answers."""
        return self.running.ports.url(service)

    def place(self, _service: str, /) -> Path:
        """Give the folder below which a service keeps its files: all share one here."""
        return self.var

    def wait_until_ready(self, *services: str, within: float = READY_WITHIN) -> None:
        """Return when each service (all, where none is named) answers that it is ready.

        Raises ``NotReady``.
        """
        last = monotonic() + within
        for service in services or self.answering:
            while not self._is_ready(service):
                if monotonic() > last or not supervises(self.running.supervisor_pid, self.var):
                    raise NotReady(f"{service}: {self.var / 'log' / service}.log")
                sleep(0.05)

    answering: ClassVar[Sequence[str]] = (LOGIN, *SERVICES)
    """Those that are asked whether they are ready."""

    def _is_ready(self, service: str) -> bool:
        try:
            return httpx2.get(f"{self.url(service)}/readyz", timeout=2).is_success
        except httpx2.HTTPError:
            return False

    def pids(self) -> Mapping[str, int]:
        """Give the process id of every process that runs just now."""
        with self._supervisor() as supervisor:
            told = supervisor.getAllProcessInfo()
        return {each["name"]: each["pid"] for each in told if each["pid"]}

    def start_program(self, name: str) -> None:
        """Start one process that was stopped."""
        with self._supervisor() as supervisor:
            supervisor.startProcess(name)

    def stop_program(self, name: str) -> None:
        """Stop one process and leave it stopped."""
        with self._supervisor() as supervisor:
            supervisor.stopProcess(name)

    @contextmanager
    def _supervisor(self) -> Iterator[Any]:
        where = f"127.0.0.1:{self.running.ports.supervisor}"
        address = f"http://kredslob:{self.running.supervisor_password}@{where}/RPC2"
        with ServerProxy(address) as proxy:
            yield proxy.supervisor

    def stop(self, within: float = 20.0) -> None:
        """Stop every process, and return when none is left."""
        pid = self.running.supervisor_pid
        if supervises(pid, self.var):
            os.kill(pid, signal.SIGTERM)
        if self.process is not None:
            self.process.wait(within)
        last = monotonic() + within
        while supervises(pid, self.var) and monotonic() < last:
            sleep(0.05)
        (self.var / "run.json").unlink(missing_ok=True)


def _refuse_a_second(var: Path) -> None:
    if Platform.runs_in(var):
        raise AlreadyRunning(str(var))


def _supervised(config: Path) -> "subprocess.Popen[bytes]":
    """Start the supervisor, tied to this thread."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [*TIED, sys.executable, *SUPERVISORD, "--nodaemon", "-c", str(config)],
        cwd=ROOT,
        env={**os.environ, PARENT: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _named(ports: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    return {name: ports[name] for name in names}


def _config(var: Path, port: int, password: str, programs: Mapping[str, Program]) -> str:
    (var / "log").mkdir(exist_ok=True, mode=0o700)
    config = configparser.RawConfigParser()
    config.read_dict(_of_supervisor(var, port, password))
    for name, program in programs.items():
        config[f"program:{name}"] = _section(var, name, program)
    text = StringIO()
    config.write(text)
    return text.getvalue()


def _of_supervisor(var: Path, port: int, password: str) -> Mapping[str, Mapping[str, str]]:
    """Give the sections about the supervisor itself."""
    own = {
        "logfile": str(var / "log" / "supervisor.log"),
        "pidfile": str(var / "supervisor.pid"),
        "childlogdir": str(var / "log"),
        "minfds": "1024",
    }
    asked = {"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"}
    door = {
        "port": f"127.0.0.1:{port}",
        "username": "kredslob",
        "password": password,
    }
    return {"supervisord": own, "rpcinterface:supervisor": asked, "inet_http_server": door}


def _section(var: Path, name: str, program: Program) -> Mapping[str, str]:
    """Give the section of one process: always started again, its log kept to 40 MB."""
    return {
        "command": shlex.join([*TIED, *program.command]),
        "directory": str(ROOT),
        "environment": ",".join(f'{k}="{v}"' for k, v in program.environment.items()),
        "autostart": str(program.begins).lower(),
        "autorestart": "true",
        "startsecs": "0",
        "startretries": "1000000",
        "stopsignal": program.stops_by,
        "stopwaitsecs": "15",
        "stopasgroup": "false",
        "redirect_stderr": "true",
        "stdout_logfile": str(var / "log" / f"{name}.log"),
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": "3",
    }
