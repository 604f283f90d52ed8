"""Whatever is killed comes back, and nothing is left behind."""

import os
import signal
import subprocess
from functools import partial
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


@pytest.mark.parametrize("killed", [{"referrals"}, {"councils", "audit", LOGIN, BUS}], ids=len)
def test_killed_processes_come_back(town: Town, killed: set[str]) -> None:
    """SIGKILL is followed by another process that answers; the rest were never gone."""
    before, seen = dict(town.platform.pids()), town.seen()
    for name in killed:
        os.kill(before[name], signal.SIGKILL)
    wait_until("they run again", lambda: changed(town, before) == killed)
    town.wait_until_ready()
    town.shows(seen)
    assert changed(town, before) == killed


def changed(town: Town, before: dict[str, int]) -> set[str]:
    """Give the processes that run under another number than before."""
    return {name for name, pid in town.platform.pids().items() if pid != before[name]}


@ON_LINUX
def test_nothing_outlives_the_supervisor(town: Town) -> None:
    """A killed supervisor takes all along; ``kredslob up`` starts it again until it is stopped."""
    seen, pids, var = town.seen(), town.platform.pids(), town.platform.var
    os.kill(town.platform.running.supervisor_pid, signal.SIGKILL)
    for name, pid in pids.items():
        wait_until(f"{name} has ended", partial(gone, pid))
    town.platform.stop()
    command = [*PROGRAM, "up", "--var", str(var)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as up:
        assert up.stdout is not None
        said = list(takewhile(lambda line: not line.startswith("Klar"), up.stdout))
        town.platform = Platform.found(var)
        town.shows(seen)
        up.send_signal(signal.SIGTERM)
        rest = up.stdout.read()
    assert {line.split()[0] for line in said} >= {*SERVICES, LOGIN}
    assert (up.returncode, "Stopper" in rest) == (0, True)
    assert not (var / "run.json").exists()
    town.begin_again()
