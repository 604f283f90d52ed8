"""A PostgreSQL that a supervisor keeps going: this process becomes the server.

``python -m shared.testing.production_postgres FOLDER PORT SERVICE ...``: what it holds is kept in
FOLDER from one start to the next. Each service has a database and a user of its own name.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.platform.tied import tie
from shared.testing.postgres import (
    SETTINGS,
    Account,
    PostgresDidNotStart,
    make_cluster,
    programs_for,
)

CONNECTIONS = "120"
"""Five services, each with a pool, and whoever looks on."""


def main(folder: Path, port: str, services: Sequence[str]) -> None:
    """Make what is not there yet, and become the server. Raises ``PostgresDidNotStart``."""
    parent, account, programs = os.getppid(), Account.fitting(), programs_for(folder)
    data = folder / "data"
    if not data.exists():
        _make(account, programs, data, services)
    if not os.geteuid():
        os.setgroups(())
        os.setgid(account.gid)
        os.setuid(account.uid)
    tie(parent)  # once more: the kernel forgets it when the user changes
    settings = {**SETTINGS, "max_connections": CONNECTIONS}
    told = [f"-c{name}={value}" for name, value in settings.items()]
    server = str(programs / "postgres")
    os.chdir("/")
    os.execv(server, [server, "-D", str(data), "-p", port, *told])  # noqa: S606 - our own server


def _make(account: Account, programs: Path, data: Path, services: Sequence[str]) -> None:
    """Put a whole cluster in place or none: this process may be killed at any moment."""
    new = data.with_name("data.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    os.chown(new, account.uid, account.gid)
    make_cluster(account, programs, new)
    single = account.start(
        [programs / "postgres", "--single", "-D", new, "postgres"], stdin=subprocess.PIPE
    )
    _, said = single.communicate("".join(map(_database, services)))
    if single.returncode or "ERROR" in said:
        raise PostgresDidNotStart(said)
    new.rename(data)


def _database(service: str) -> str:
    """Give the commands for one service's database, each on a line of its own."""
    return (
        f"CREATE ROLE {service} LOGIN;\n"
        f"CREATE DATABASE {service} OWNER {service};\n"
        f"REVOKE CONNECT ON DATABASE {service} FROM PUBLIC;\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
