"""Whatever is killed comes back, and nothing is left behind."""

import os
import signal
import subprocess
from itertools import takewhile
from pathlib import Path

import pytest

from shared.platform.layout import BUS, LOGIN, SERVICES
from shared.platform.supervising import ROOT, AlreadyRunning, Platform
from tests.platform.town import ON_LINUX, PROGRAM, Town, gone, kredslob, wait_until


def test_a_second_start_is_refused(town: Town, tmp_path: Path) -> None:
    """One folder, one platform, by whatever path one comes to it; the first goes on undisturbed."""
    var = town.platform.var
    before = dict(town.platform.pids()), (var / "supervisor.conf").read_text()
    other_way = tmp_path / "link"
    other_way.symlink_to(var)
    for path in (var, other_way):
        with pytest.raises(AlreadyRunning):
            Platform.start(path)
    told = kredslob("up", var=var)
    assert (told.returncode, "Kører allerede" in told.stdout) == (1, True)
    assert (dict(town.platform.pids()), (var / "supervisor.conf").read_text()) == before


@pytest.mark.parametrize("killed", [*SERVICES, LOGIN, BUS])
def test_a_killed_process_comes_back(town: Town, killed: str) -> None:
    """SIGKILL of one process is followed by another that answers; the rest were never gone."""
    before, seen = dict(town.platform.pids()), town.seen()
    os.kill(before[killed], signal.SIGKILL)
    wait_until("it runs again", lambda: killed in changed(town, before))
    town.wait_until_ready()
    assert changed(town, before) == {killed}
    town.shows(seen)


def changed(town: Town, before: dict[str, int]) -> set[str]:
    """Give the processes that run under another number than before."""
    return {name for name, pid in town.platform.pids().items() if pid != before[name]}


@ON_LINUX
def test_nothing_outlives_the_supervisor(town: Town) -> None:
    """A killed supervisor takes all processes along, and the platform starts again as it was."""
    seen, pids = town.seen(), town.platform.pids()
    assert town.platform.process is not None
    os.kill(town.platform.running.supervisor_pid, signal.SIGKILL)
    town.platform.process.wait()
    for name, pid in pids.items():
        wait_until(f"{name} has ended", lambda pid=pid: gone(pid))
    assert not Platform.runs_in(town.platform.var)
    town.begin_again()
    town.shows(seen)


def test_up_runs_until_it_is_told_to_stop(town: Town) -> None:
    """``kredslob up`` starts all of it, says where it answers, and stops all of it at SIGTERM."""
    seen, var = town.seen(), town.platform.var
    town.platform.stop()
    assert not (var / "run.json").exists()
    command = [*PROGRAM, "up", "--var", str(var)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        said = list(takewhile(lambda line: not line.startswith("Klar"), up.stdout))
        up.send_signal(signal.SIGTERM)
        rest = up.stdout.read()
    assert (up.returncode, "Stopper" in rest) == (0, True)
    assert not (var / "run.json").exists()
    assert {line.split()[0] for line in said} >= {*SERVICES, LOGIN}
    town.begin_again()
    town.shows(seen)
