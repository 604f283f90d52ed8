"""Starting and stopping: one platform a folder, the same login every day, nothing left behind."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shared.platform.layout import (
    DRAWN_FROM,
    LOGIN,
    SUPERVISOR_CONFIG,
    NotRunning,
    Ports,
    PortTaken,
    Running,
    login_port,
    supervises,
)
from shared.platform.supervising import ROOT, TIED, Platform
from shared.platform.tied import PARENT
from tests.platform.town import ON_LINUX, PROGRAM, gone, kredslob, wait_until

PARENT_OF_ONE = """
import os, subprocess, sys, time
child = subprocess.Popen(sys.argv[1:], env={**os.environ, "KREDSLOB_PARENT": str(os.getpid())})
print(child.pid, flush=True)
time.sleep(600)
"""
WAITING = "import time; print('here', flush=True); time.sleep(600)"


BECOMING = "import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'pass', *sys.argv[1:]])"


def left_by_another(var: Path) -> None:
    """Leave word of a platform whose process number somebody else has got since."""
    var.mkdir()
    Running(Ports.free(login_port(var)), os.getpid(), "made-up").write(var)


@ON_LINUX
def test_a_number_given_again_is_no_platform(tmp_path: Path) -> None:
    """After a power cut another program may have the supervisor's number: it is only that."""
    var = tmp_path / "var"
    left_by_another(var)
    assert not Platform.runs_in(var)
    assert not supervises(os.getpid(), var)
    with pytest.raises(NotRunning):
        Platform.found(var)


@ON_LINUX
def test_a_stranger_is_not_stopped(tmp_path: Path) -> None:
    """What is left of a platform that is gone stops nobody else's program."""
    var = tmp_path / "var"
    left_by_another(var)
    Platform(var, Running.read(var)).stop(within=0)
    assert not (var / "run.json").exists()


def test_the_word_left_is_for_this_user_alone(tmp_path: Path) -> None:
    """It holds the supervisor's password: nobody else reads it, not even where an old one lay."""
    (tmp_path / "run.json.new").touch(0o644)
    Running(Ports.free(login_port(tmp_path)), 1, "made-up").write(tmp_path)
    assert (tmp_path / "run.json").stat().st_mode & 0o777 == 0o600
    assert json.loads((tmp_path / "run.json").read_text())["supervisor"]["password"] == "made-up"


def test_the_login_keeps_its_address(tmp_path: Path) -> None:
    """Offices are held under the login's address: it is drawn once, away from passing ports."""
    port = login_port(tmp_path)
    assert port in DRAWN_FROM
    assert (login_port(tmp_path), Ports.free(port).devlogin) == (port, port)
    assert (tmp_path / LOGIN).stat().st_mode & 0o077 == 0


def test_a_login_without_its_address_is_not_started(tmp_path: Path) -> None:
    """Where somebody has the login's port nothing starts: nobody would hold an office."""
    port = login_port(tmp_path)
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(PortTaken, match=str(port)):
            Platform.start(tmp_path)
        told = kredslob("up", var=tmp_path)
    assert (told.returncode, str(port) in told.stdout) == (1, True)
    assert not (tmp_path / "run.json").exists()


def test_all_ports_are_different(tmp_path: Path) -> None:
    """No two processes get one, and nobody gets one of those that pass from hand to hand.

    So what was killed comes back to its own, which no connection was given meanwhile.
    """
    ports = Ports.free(login_port(tmp_path))
    assert len(set(ports)) == len(ports)
    assert set(ports) <= set(DRAWN_FROM)


def test_a_faulty_rulebook_starts_nothing(tmp_path: Path) -> None:
    """Every mistake is named before anything runs."""
    command = [*PROGRAM, "up", "--var", str(tmp_path / "var"), "--rulebook", str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "one-district" in told.stdout
    assert not (tmp_path / "var").exists()


@ON_LINUX
def test_a_tied_program_ends_with_its_parent() -> None:
    """However the parent ends: SIGKILL leaves it no time to stop anybody."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT_OF_ONE, *TIED, sys.executable, "-c", WAITING],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert parent.stdout.readline() == "here\n"
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until("the child has ended", lambda: gone(child))


@ON_LINUX
def test_an_orphan_does_not_begin() -> None:
    """A parent that was gone before the kernel was asked is told by its number."""
    asked = subprocess.run(
        [*TIED, sys.executable, "-c", WAITING],
        cwd=ROOT,
        env={**os.environ, PARENT: "1"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (asked.returncode, asked.stdout) == (1, b"")


@ON_LINUX
def test_a_supervisor_is_there_while_it_begins(tmp_path: Path) -> None:
    """Between two programs a process is called nothing for a moment; that is not its end."""
    config = str(tmp_path / SUPERVISOR_CONFIG)
    for _ in range(20):
        with subprocess.Popen([sys.executable, "-c", BECOMING, config]) as process:
            while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                there = supervises(process.pid, tmp_path)
                ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
                assert there or ended
        assert not supervises(process.pid, tmp_path)
