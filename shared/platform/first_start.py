"""What a first start in production needs: certificates, keys, passwords, and who may do what.

Each program gets a folder of its own with nothing but what it needs, so that a folder is what a
container is given: as compose's file secrets, or as one Kubernetes secret.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.messaging.server import BusUser, nats_config, service_user
from shared.platform.certifying import ASKS, SERVES, Authority, Pair
from shared.platform.layout import BUS, FOLLOWS, KNOWN_BY, LOGIN, SERVICES
from shared.transparency.checkpoint import log_name
from shared.transparency.note import Signer
from shared.vault.provider import KEY_BYTES

BUS_PORT, BUS_DATA = 4222, Path("/data")
STORE_PORT, STORE_NODE = 2113, "eventstoredb-node"
ASKS_COUNCILS = ("referrals", "audit")
ADMIN, STORE, VIEWS = "admin", "esdb", "postgres"
MOUNTED = "/run/secrets"
Files = Mapping[str, bytes]


class Target(StrEnum):
    """Where the platform is to run."""

    COMPOSE = "compose"
    KUBERNETES = "kubernetes"


@dataclass(frozen=True)
class Place:
    """Where the engines answer in one kind of deployment, and how many of each there are."""

    store_scheme: str
    store_hosts: tuple[str, ...]
    """The first is where clients ask; all of them stand in the certificate."""
    door_hosts: tuple[str, ...]
    database: str
    """Host and port of PostgreSQL."""
    bus_nodes: tuple[str, ...] = ()
    """The nodes of the bus, where there is more than one."""


IN_CLUSTER = "kredslob.svc.cluster.local"
PLACES: Mapping[Target, Place] = {
    Target.COMPOSE: Place("esdb", (STORE,), ("referrals-work",), "postgres:5432"),
    Target.KUBERNETES: Place(
        "esdb+discover",
        (f"esdb.{IN_CLUSTER}", *(f"esdb-{each}.esdb.{IN_CLUSTER}" for each in range(3))),
        ("referrals-work", f"referrals-work.{IN_CLUSTER}"),
        "views-rw.kredslob-views.svc.cluster.local:5432",
        tuple(f"nats-{each}.nats" for each in range(3)),
    ),
}


class FirstStart:
    """Makes all of it once; every value in it is new and random."""

    def __init__(self, place: Place, district: str, now: datetime) -> None:
        self._place, self._now = place, now
        self.store = Authority.new("Kredsløb store", now)
        self.door = Authority.new("Kredsløb vault door", now)
        self._users = {
            each: service_user(each, FOLLOWS[each], KNOWN_BY.get(each, ())) for each in SERVICES
        }
        self._views = {each: _password() for each in SERVICES}
        self._clients = {each: _password() for each in ASKS_COUNCILS}
        self._admin = _password()
        self._log = Signer(log_name(district), Ed25519PrivateKey.generate())
        self._platform = secrets.token_bytes(KEY_BYTES)

    @cached_property
    def secrets(self) -> Mapping[str, Files]:
        """The files that each program alone is given, by their names."""
        return {
            STORE: self._of_store(),
            BUS: {"nats.conf": self._of_bus()},
            VIEWS: self._of_views(),
            "referrals-work": self._of_worker(),
            "referrals-api": self._of_api(),
            "councils": self._of_service("councils") | {"ledger.pub": self._published},
            "audit": self._of_service("audit") | {"audit.signing.pem": self._signing},
            LOGIN: self._of_login(),
        }

    @property
    def offline(self) -> Files:
        """What nothing needs while the platform runs: the authorities' own keys."""
        return {"store-ca.key": self.store.pair.key, "door-ca.key": self.door.pair.key}

    def _of_store(self) -> Files:
        local = (*self._place.store_hosts, "localhost", "127.0.0.1")
        node = self.store.vouch(STORE_NODE, SERVES, ASKS, hosts=dict.fromkeys((STORE, *local)))
        return {
            "ca.crt": self.store.pair.certificate,
            "node.crt": node.certificate,
            "node.key": node.key,
            "admin_password": self._admin.encode(),
            "ops_password": _password().encode(),
        }

    def _of_bus(self) -> bytes:
        return bus_config(list(self._users.values()), self._place.bus_nodes).encode()

    def _of_views(self) -> Files:
        return {"admin_password": _password().encode(), "roles.sql": roles(self._views).encode()}

    def _of_service(self, service: str) -> dict[str, bytes]:
        """Give what each process of *service* needs to reach what it stands on."""
        told = {
            "kredslob_bus_password": self._users[service].password.encode(),
            "kredslob_views_url": self._views_url(service).encode(),
            "kredslob_store_url": self._store_url().encode(),
            "store-ca.crt": self.store.pair.certificate,
            "keys.platform.key": self._platform,
            f"{service}.own.key": self._own[service],
        }
        if service in self._clients:
            told["kredslob_client_secret"] = self._clients[service].encode()
        return told

    @cached_property
    def _own(self) -> Files:
        """The key that all processes of one service share."""
        return {each: secrets.token_bytes(KEY_BYTES) for each in SERVICES}

    def _of_worker(self) -> dict[str, bytes]:
        pair = self.door.vouch("referrals-work", SERVES, hosts=self._place.door_hosts)
        wrapping = {"referrals.wrapping.key": secrets.token_bytes(KEY_BYTES)}
        return self._of_service("referrals") | wrapping | self._at_door(pair)

    def _of_api(self) -> dict[str, bytes]:
        return self._of_service("referrals") | self._at_door(self.door.vouch("referrals-api", ASKS))

    def _at_door(self, pair: Pair) -> dict[str, bytes]:
        ours = {"door.crt": pair.certificate, "door.key": pair.key}
        return {"door-ca.crt": self.door.pair.certificate, **ours}

    def _of_login(self) -> Files:
        return {
            f"{LOGIN}.kredslob-{service}.secret": secret.encode()
            for service, secret in self._clients.items()
        }

    @property
    def _signing(self) -> bytes:
        return self._log.private.private_bytes_raw()

    @property
    def _published(self) -> bytes:
        return f"{self._log.public}\n".encode()

    def _store_url(self) -> str:
        place, trust = self._place, quote(f"{MOUNTED}/store-ca.crt", safe="")
        alive = "keepAliveInterval=10000&keepAliveTimeout=10000"
        where = f"{ADMIN}:{self._admin}@{place.store_hosts[0]}:{STORE_PORT}"
        return f"{place.store_scheme}://{where}?tls=true&tlsCaFile={trust}&{alive}"

    def _views_url(self, service: str) -> str:
        who = f"{service}:{self._views[service]}"
        return f"postgresql+asyncpg://{who}@{self._place.database}/{service}"


def bus_config(users: Sequence[BusUser], nodes: Sequence[str]) -> str:
    """Give the message server's configuration for a container: one node, or one of *nodes*.

    Rights and limits are those of the embedded server. A node of a cluster is told its name when
    it is started (``--name``).
    """
    config = json.loads(nats_config(users, BUS_PORT, BUS_DATA))
    config |= {"host": "0.0.0.0", "http": "127.0.0.1:8222"}  # noqa: S104 - its container's own
    if nodes:
        password = _password()
        del config["server_name"]
        config["http"] = "0.0.0.0:8222"  # the probes come from outside the container
        config["cluster"] = {
            "name": "kredslob",
            "listen": "0.0.0.0:6222",
            "authorization": {"user": "route", "password": password},
            "routes": [f"nats://route:{password}@{node}:6222" for node in nodes],
        }
    return json.dumps(config, indent=2, ensure_ascii=False)


def roles(passwords: Mapping[str, str]) -> str:
    """Give the SQL that makes a user and a database for each service, closed to the others."""
    lines = (
        line
        for name, password in passwords.items()
        for line in (
            f"CREATE ROLE {name} LOGIN PASSWORD '{password}';",
            f"CREATE DATABASE {name} OWNER {name};",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;",
        )
    )
    return "\n".join(lines) + "\n"


def _password() -> str:
    return secrets.token_urlsafe(32)
