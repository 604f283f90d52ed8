"""Which processes the embedded platform has, on which ports, and who hears whom."""

import json
import os
import random
import socket
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

from shared.messaging.names import owner_of, reads_of

SERVICES = ("referrals", "councils", "audit")
"""Those with facts of their own, in the order in which people meet them."""
READS = tuple(map(reads_of, SERVICES))
"""What each of them has shown, as sources of their own."""
LOGIN, BUS, SUPERVISOR = "devlogin", "nats", "supervisor"
SUPERVISOR_CONFIG = f"{SUPERVISOR}.conf"
BECOMING = 1.0
"""Seconds for one program to become another; it takes a millisecond."""
FOLLOWS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "referrals": (("councils", "views"),),
    "councils": (("referrals", "docket"), ("audit", "heads")),
    "audit": (
        ("referrals", "ledger"),
        ("councils", "ledger"),
        *((each, "ledger") for each in READS),
        ("councils", "views"),
    ),
}
"""For each service the sources that it follows, each with the name of its consumer there."""
KNOWN_BY: Mapping[str, tuple[str, ...]] = {
    "councils": tuple(each for each in SERVICES if ("councils", "views") in FOLLOWS[each])
}
"""For councils those whose views tell who holds which office: it asks them what they know yet."""


def store_in(var: Path, source: str) -> Path:
    """Give the file below *var* in which the facts of *source* are kept, where a file keeps them.

    What a service has shown lies beside its facts, in a file of its own.
    """
    owner = owner_of(source)
    return var / owner / ("events.db" if owner == source else "reads.db")


class Ports(NamedTuple):
    """A free port of 127.0.0.1 for each process that listens."""

    referrals: int
    councils: int
    audit: int
    devlogin: int
    nats: int
    supervisor: int

    @classmethod
    def free(cls, login: int) -> "Ports":
        """Find ports that nobody has now; *login* is the one that the login must have.

        Raises ``PortTaken``.
        """
        return cls(**free_ports(cls._fields, {LOGIN: login}))

    def url(self, service: str) -> str:
        """Give where a service answers."""
        return f"http://127.0.0.1:{getattr(self, service)}"


def free_ports(names: Iterable[str], given: Mapping[str, int]) -> dict[str, int]:
    """Find for each of *names* a port that nobody has now, or take the one that is *given*.

    They are held together so that none comes twice. Raises ``PortTaken``.
    """
    with ExitStack() as held:
        return {name: _held(held, given.get(name)) for name in names}


def free_port() -> int:
    """Find a port that nobody has now."""
    with ExitStack() as held:
        return _held(held, None)


@dataclass(frozen=True)
class Running:
    """What ``var/run.json`` tells: where everything answers, until the platform stops."""

    ports: Ports
    supervisor_pid: int
    supervisor_password: str
    more: Mapping[str, int] = field(default_factory=dict)
    """The ports of processes that an embedded platform does not have."""

    @property
    def issuer(self) -> str:
        """Who signs people in."""
        return self.ports.url(LOGIN)

    def write(self, var: Path) -> None:
        """Leave word in *var*, for this user's eyes only."""
        told = {
            "services": {name: self.ports.url(name) for name in (*SERVICES, LOGIN)},
            "ports": self.ports._asdict(),
            "more": self.more,
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
        found = supervisor["pid"], supervisor["password"]
        return cls(Ports(**told["ports"]), *found, told["more"])


class NotRunning(Exception):
    """No platform runs in this folder."""


class PortTaken(Exception):
    """Somebody else has the port that the login must have; the text is its number."""


DRAWN_FROM = range(20_000, 30_000)
"""Below those that a machine hands out for a moment: who is started again finds its own free again.
"""


def login_port(var: Path) -> int:
    """Give the port of the login in *var*, drawn on the first day and kept.

    Where people sign in is part of who they are (an office belongs to an issuer and a subject):
    with another port nobody would hold an office any more.
    """
    kept = var / LOGIN / "port"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True, mode=0o700)
        kept.write_text(f"{free_port()}\n")
    return int(kept.read_text())


def _held(held: ExitStack, given: int | None) -> int:
    """Hold the port that is *given*, or one that is drawn. Raises ``PortTaken`` for the first."""
    if given is not None:
        return _bind(held.enter_context(socket.socket()), given)
    while True:
        with suppress(PortTaken):
            port = random.choice(DRAWN_FROM)  # noqa: S311 - nothing secret
            return _bind(held.enter_context(socket.socket()), port, reuse=False)


def _bind(to: socket.socket, port: int, *, reuse: bool = True) -> int:
    """Hold *port* of this machine, also just after its last owner where it may be *reused*."""
    to.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(reuse))
    try:
        to.bind(("127.0.0.1", port))
    except OSError as taken:
        raise PortTaken(str(port)) from taken
    return port


def supervises(pid: int, var: Path) -> bool:
    """Say whether the process of this number looks after *var*.

    A number is given again: after a crash or in a new container somebody else may have it. Where
    there is no ``/proc`` to ask, whoever has it is taken for the supervisor.
    """
    if not Path("/proc/self").exists():
        return alive(pid)
    return os.fsencode(var / SUPERVISOR_CONFIG) in _called_with(pid)


def _called_with(pid: int) -> list[bytes]:
    """Give the words that a process was called with; none for one that has ended.

    While one program becomes another (execve) there are none for a moment either, which is no end:
    the supervisor begins as what ties it to its parent, so that is looked at again.
    """
    last = monotonic() + BECOMING
    try:
        while not (words := Path(f"/proc/{pid}/cmdline").read_bytes()):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
            if state in "ZX" or monotonic() > last:
                return []
            sleep(0.001)
    except OSError:
        return []
    return words.split(b"\0")


def alive(pid: int) -> bool:
    """Say whether a process of this number runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
