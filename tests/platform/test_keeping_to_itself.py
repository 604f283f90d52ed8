"""Nobody else on the machine reads the platform's secrets, and nobody else's machine reaches it."""

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from shared.platform.layout import SERVICES
from tests.platform.town import ON_LINUX, Town, kredslob, secrets_of

LISTENS = "0A"  # proc_pid_net(5): the state of a socket that listens
LOCALHOST = int.from_bytes(socket.inet_aton("127.0.0.1"), sys.byteorder)


def files(var: Path) -> Iterator[Path]:
    """Give every file of a platform."""
    return (path for path in sorted(var.rglob("*")) if path.is_file())


def test_who_must_not_read_cannot(town: Town) -> None:
    """Every file with a secret is for this user alone, whatever the folder above lets through."""
    held = set()
    for path in files(town.platform.var):
        content = path.read_bytes()
        for name, secret in secrets_of(town.platform).items():
            if secret in content:
                held.add(name)
                assert path.stat().st_mode & 0o077 == 0, f"{path} holds {name}"
    assert held == set(secrets_of(town.platform))


def test_only_folders_of_its_own_hold_facts(town: Town) -> None:
    """Stores and read models lie in folders that nobody else may enter."""
    for service in SERVICES:
        assert (town.platform.var / service).stat().st_mode & 0o077 == 0


def test_no_log_tells_a_secret(town: Town) -> None:
    """Logs are read by more people than keys are."""
    for path in files(town.platform.var / "log"):
        told = path.read_bytes()
        assert [name for name, secret in secrets_of(town.platform).items() if secret in told] == []


@ON_LINUX
def test_the_list_of_processes_tells_no_secret(town: Town) -> None:
    """Anybody may see with which words a process was called: no secret is among them."""
    for pid in (*town.platform.pids().values(), town.platform.running.supervisor_pid):
        told = Path(f"/proc/{pid}/cmdline").read_bytes()
        assert told
        assert [name for name, secret in secrets_of(town.platform).items() if secret in told] == []


@ON_LINUX
def test_nothing_listens_to_another_machine(town: Town) -> None:
    """Every process listens on 127.0.0.1 alone, and on the port that run.json names."""
    ports = town.platform.running.ports
    pids = {**town.platform.pids(), "supervisor": town.platform.running.supervisor_pid}
    for name, pid in pids.items():
        assert set(listening(pid)) == {(LOCALHOST, getattr(ports, name))}, name


def listening(pid: int) -> Iterator[tuple[int, int]]:
    """Give address and port of every socket on which a process listens."""
    links = (str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir())
    own = {link.removeprefix("socket:[").removesuffix("]") for link in links}
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, _, _, _, _, _, inode, *_ = row.split()
            if state == LISTENS and inode in own:
                address, port = local.split(":")
                yield int(address, 16), int(port, 16)


def test_check_shows_settings_and_no_secret(town: Town) -> None:
    """``kredslob check`` shows what the service is set to and whether all answers, never a key."""
    told = kredslob(
        "check",
        "referrals",
        var=town.platform.var,
        KREDSLOB_BUS_PASSWORD="made-up-bus",
        KREDSLOB_VIEWS_URL="postgresql+asyncpg://kredslob:made-up-views@127.0.0.1/views",
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert str(town.platform.running.ports.referrals) in told.stdout
    assert "login: 200" in told.stdout
    assert "referrals: 200" in told.stdout
    assert "made-up" not in told.stdout
