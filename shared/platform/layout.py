"""Which processes the embedded platform has, on which ports, and who hears whom."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

SERVICES = ("referrals", "councils", "audit")
"""Those with facts of their own, in the order in which people meet them."""
LOGIN, BUS, SUPERVISOR = "devlogin", "nats", "supervisor"
FOLLOWS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "referrals": (("councils", "views"),),
    "councils": (("referrals", "docket"), ("audit", "heads")),
    "audit": (("referrals", "ledger"), ("councils", "ledger"), ("councils", "views")),
}
"""For each service the sources that it follows, each with the name of its consumer there."""


class Ports(NamedTuple):
    """A free port of 127.0.0.1 for each process that listens."""

    referrals: int
    councils: int
    audit: int
    devlogin: int
    nats: int
    supervisor: int

    @classmethod
    def free(cls) -> "Ports":
        """Find ports that nobody has now; they are held together so that none comes twice."""
        with ExitStack() as held:
            sockets = [held.enter_context(socket.socket()) for _ in cls._fields]
            for each in sockets:
                each.bind(("127.0.0.1", 0))
            return cls(*(each.getsockname()[1] for each in sockets))

    def url(self, service: str) -> str:
        """Give where a service answers."""
        return f"http://127.0.0.1:{getattr(self, service)}"


@dataclass(frozen=True)
class Running:
    """What ``var/run.json`` tells: where everything answers, until the platform stops."""

    ports: Ports
    supervisor_pid: int
    supervisor_password: str

    @property
    def issuer(self) -> str:
        """Who signs people in."""
        return self.ports.url(LOGIN)

    def write(self, var: Path) -> None:
        """Leave word in *var*, for this user's eyes only."""
        told = {
            "services": {name: self.ports.url(name) for name in (*SERVICES, LOGIN)},
            "ports": self.ports._asdict(),
            "supervisor": {"pid": self.supervisor_pid, "password": self.supervisor_password},
        }
        new = var / "run.json.new"
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(told, file, indent=2)
        new.replace(var / "run.json")

    @classmethod
    def read(cls, var: Path) -> "Running":
        """Give what was left. Raises ``NotRunning`` where nothing was."""
        try:
            told = json.loads((var / "run.json").read_text())
        except FileNotFoundError:
            raise NotRunning(str(var)) from None
        supervisor = told["supervisor"]
        return cls(Ports(**told["ports"]), supervisor["pid"], supervisor["password"])


class NotRunning(Exception):
    """No platform runs in this folder."""


def alive(pid: int) -> bool:
    """Say whether a process of this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def programs() -> Iterator[str]:
    """Give the names of all processes, in the order in which they are started."""
    yield from (BUS, LOGIN, *SERVICES)
