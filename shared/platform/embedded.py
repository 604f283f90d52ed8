"""The processes of the embedded platform: what each is called with, and what it is told."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.messaging.server import nats_config, nats_server_binary, service_user, write_config
from shared.platform.layout import BUS, FOLLOWS, KNOWN_BY, LOGIN, SERVICES


@dataclass(frozen=True)
class Program:
    """One process that the supervisor starts again whenever it ends."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    begins: bool = True
    """Whether it is started with the supervisor, or only when somebody asks."""
    stops_by: str = "TERM"
    """The signal by which it is told to stop."""


def embedded(
    var: Path, ports: Mapping[str, int], given: Mapping[str, str]
) -> Mapping[str, Program]:
    """Give the bus, the login and the services, in this order; all keep their files in *var*.

    *ports* has one for each by name; *given* stands in the environment of all but the bus.
    """
    passwords = set_up_bus(var, ports[BUS])
    programs = {BUS: bus(var)}
    for name in (LOGIN, *SERVICES):
        told = {
            "KREDSLOB_VAR": str(var),
            "KREDSLOB_ISSUER": _at(ports[LOGIN]),
            "KREDSLOB_PORT": str(ports[name]),
            "KREDSLOB_COUNCILS_URL": _at(ports["councils"]),
            "KREDSLOB_BUS_URL": f"nats://127.0.0.1:{ports[BUS]}",
            "KREDSLOB_BUS_PASSWORD": passwords.get(name, ""),
        }
        programs[name] = program_of(name, {**told, **given})
    return programs


def program_of(service: str, environment: Mapping[str, str]) -> Program:
    """Give the process of a service or the login."""
    return Program([sys.executable, "-m", f"services.{service}"], environment)


def bus(var: Path) -> Program:
    """Give the process of the bus that :func:`set_up_bus` has set up in *var*."""
    return Program([str(nats_server_binary()), "-c", str(var / BUS / "nats.conf")])


def set_up_bus(var: Path, port: int) -> Mapping[str, str]:
    """Write in *var* how the bus is set up, and give the new password of each service."""
    users = {each: service_user(each, FOLLOWS[each], KNOWN_BY.get(each, ())) for each in SERVICES}
    store = var / BUS / "store"
    for folder in (store.parent, store):
        folder.mkdir(exist_ok=True, mode=0o700)
    write_config(var / BUS / "nats.conf", nats_config(list(users.values()), port, store))
    return {name: user.password for name, user in users.items()}


def _at(port: int) -> str:
    return f"http://127.0.0.1:{port}"
