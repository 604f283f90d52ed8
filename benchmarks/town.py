"""The embedded platform with people in their offices, as the demo starts it, for a measurement."""

import configparser
import os
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from shared.platform.activating import activate
from shared.platform.layout import SUPERVISOR_CONFIG
from shared.platform.supervising import ROOT, TIED, Platform
from shared.platform.tied import PARENT
from tests.doors.people import HOLD, appoint, person, settled, written
from tests.journeys.world import World

WITHIN = 90.0


@dataclass(frozen=True)
class Town:
    """A running platform and who lives there."""

    platform: Platform
    world: World
    pids: dict[str, int]
    """The process of each service, of the bus and of the login."""

    async def headers(self, who: str) -> dict[str, str]:
        """Give the headers by which somebody is known, with a token that is good now."""
        someone = person(self.world, who)
        return {"Authorization": f"Bearer {await someone.token()}", "Kredslob-Unit": someone.unit}


@asynccontextmanager
async def town(var: Path, *, module: str | None = None) -> AsyncIterator[Town]:
    """Start the platform in *var*; with *module* in the place of the referrals service's own."""
    platform = Platform.start(var, people=str(written(var / "people.yaml")))
    instead: subprocess.Popen[bytes] | None = None
    try:
        platform.wait_until_ready(within=WITHIN)
        activate(platform, ROOT / "rulebook")
        if module is not None:
            instead = _instead_of_referrals(platform, module)
        platform.wait_until_ready(within=WITHIN)
        await settled(platform, appoint(platform, list(HOLD)))
        async with World(platform) as world:
            pids = {**platform.pids()}
            yield Town(platform, world, {**pids, "referrals": instead.pid} if instead else pids)
    finally:
        if instead is not None:
            instead.terminate()
            instead.wait(WITHIN)
        platform.stop()


def _instead_of_referrals(platform: Platform, module: str) -> "subprocess.Popen[bytes]":
    """Stop the referrals service, and start *module* where it was: same folder, port, password."""
    platform.stop_program("referrals")
    config = configparser.RawConfigParser()
    config.read(platform.var / SUPERVISOR_CONFIG)
    given = config["program:referrals"]["environment"].split(",")
    told = dict(shlex.split(each)[0].split("=", 1) for each in given)
    with (platform.var / "log" / "instead.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own program
            [*TIED, sys.executable, "-m", module],
            cwd=ROOT,
            env={**os.environ, **told, PARENT: str(os.getpid())},
            stdout=log,
            stderr=log,
        )
