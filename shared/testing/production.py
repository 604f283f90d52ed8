"""The platform on production engines, for tests: EventStoreDB (its test server), PostgreSQL, NATS.

As in production ``services/referrals`` is two replicas that answer and one process that works, the
vault behind a mutual-TLS door. Every process has a folder of its own; all end with the test.
"""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from itertools import cycle
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep
from typing import Self

from shared.platform.embedded import Program, bus, program_of, set_up_bus
from shared.platform.layout import BUS, LOGIN, SERVICES, SUPERVISOR, Running
from shared.platform.supervising import READY_WITHIN, NotReady, Platform
from shared.testing.esdb import Faults, Order
from shared.testing.production_places import ALL, API, STANDBY, WORKER, Place, furnish, place_of

STORE, VIEWS, VAULT = "esdb", "postgres", "vault"
ENGINES = (STORE, VIEWS, BUS)
Ports = Mapping[str, int]


class ProductionTown(Platform):
    """The running platform of one folder, on production engines.

    Who asks for ``referrals`` is sent to one replica after the other.
    """

    more = (STORE, VIEWS, VAULT, *API, WORKER, STANDBY)
    answering = (LOGIN, *ALL, *API, WORKER)

    def __init__(self, var: Path, running: Running) -> None:
        super().__init__(var, running)
        self._replicas = cycle(API)

    @classmethod
    def start(cls, var: Path, **settings: str) -> Self:
        """Start the engines in *var*, and when they answer everything else but the standby.

        *settings* go to every service as ``KREDSLOB_<NAME>``. Raises ``AlreadyRunning``,
        ``PortTaken`` and ``NotReady``.
        """
        town = super().start(var, **settings)
        for first in (SUPERVISOR, *ENGINES):
            town.wait_until(first, partial(_listens, town.port(first)))
        for name in (LOGIN, *ALL, WORKER, *API):
            town.start_program(name)
        return town

    @classmethod
    def programs(cls, var: Path, ports: Ports, given: Mapping[str, str]) -> Mapping[str, Program]:
        """Give what runs; make in *var* what it needs."""
        places = furnish(var, set_up_bus(var, ports[BUS]))
        login = {"VAR": str(var), "ISSUER": _at(ports[LOGIN])}
        programs = _engines(var, ports) | {LOGIN: _program(LOGIN, login, given)}
        for name, place in places.items():
            told = _told(ports, name, place) | _of_role(ports, name, place)
            if name == "councils":
                told["LEDGER_KEY"] = str(places["audit"].folder / "audit" / "ledger.pub")
            programs[name] = _program(place.service, told, given)
        return programs

    def port(self, program: str) -> int:
        """Give the port of a process."""
        more = self.running.more
        return more[program] if program in more else int(getattr(self.running.ports, program))

    def url(self, service: str) -> str:
        """Give where a service, or one process of it by its name, answers."""
        return _at(self.port(next(self._replicas) if service == "referrals" else service))

    def place(self, service: str, /) -> Path:
        """Give the folder below which a service, or one process of it, keeps its files."""
        return place_of(self.var, API[0] if service == "referrals" else service)

    @property
    def store_url(self) -> str:
        """Where the facts are."""
        return _store_url(self.running.more)

    async def order(self, order: Order) -> None:
        """Let something go wrong with the store from now on."""
        await Faults(f"127.0.0.1:{self.port(STORE)}").order(order)

    def wait_until(self, what: str, seen: Callable[[], bool]) -> None:
        """Return when *seen* says so. Raises ``NotReady``."""
        last = monotonic() + READY_WITHIN
        while not seen():
            if monotonic() > last:
                raise NotReady(f"{what}: {self.var / 'log'}")
            sleep(0.02)

    def clear(self) -> None:
        """Delete what the engines of a stopped town keep outside its folder."""
        shutil.rmtree((self.var / VIEWS).resolve(), ignore_errors=True)


def _engines(var: Path, ports: Ports) -> dict[str, Program]:
    python = [sys.executable, "-m"]
    store = ["shared.testing.esdb", str(var / STORE), "--port", str(ports[STORE])]
    views = ["shared.testing.production_postgres", str(_views_folder(var)), str(ports[VIEWS])]
    return {
        STORE: Program([*python, *store]),
        VIEWS: Program([*python, *views, *SERVICES], stops_by="INT"),
        BUS: bus(var),
    }


def _views_folder(var: Path) -> Path:
    """Give PostgreSQL's folder: root's own are closed to nobody, in whose name it runs then."""
    folder = var / VIEWS
    if not folder.exists() and not os.geteuid():
        outside = Path(mkdtemp(prefix="kredslob-postgres-"))
        outside.chmod(0o711)
        folder.symlink_to(outside)
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder.resolve()


def _told(ports: Ports, name: str, place: Place) -> dict[str, str]:
    """Give what every process of a service is told."""
    service = place.service
    return {
        "VAR": str(place.folder),
        "SECRETS": str(place.secrets),
        "PORT": str(ports[name]),
        "ISSUER": _at(ports[LOGIN]),
        "COUNCILS_URL": _at(ports["councils"]),
        "BUS_URL": f"nats://127.0.0.1:{ports[BUS]}",
        "STORE_URL": _store_url(ports),
        "VIEWS_URL": f"postgresql+asyncpg://{service}@127.0.0.1:{ports[VIEWS]}/{service}",
    }


def _of_role(ports: Ports, name: str, place: Place) -> dict[str, str]:
    if name in API:
        door = f"https://127.0.0.1:{ports[VAULT]}"
        return {"ROLE": "api", "VAULT_URL": door, **place.tls}
    if name in (WORKER, STANDBY):
        return {"ROLE": "work", "VAULT_PORT": str(ports[VAULT]), **place.tls}
    return {"ROLE": "all"}


def _program(service: str, told: Mapping[str, str], given: Mapping[str, str]) -> Program:
    """Give a process that is started when the engines answer."""
    environment = {**{f"KREDSLOB_{key}": value for key, value in told.items()}, **given}
    return Program(program_of(service, {}).command, environment, begins=False)


def _store_url(ports: Ports) -> str:
    return f"esdb://127.0.0.1:{ports[STORE]}?tls=false"


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
