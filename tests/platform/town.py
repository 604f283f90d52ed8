"""A platform that people have used, what each of them sees on it, and the command line."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from shared.platform.activating import activate
from shared.platform.layout import SERVICES
from shared.platform.supervising import ROOT, Platform
from tests.journeys.scenes.committee import DOCKET, committee
from tests.journeys.scenes.concern import concern
from tests.journeys.scenes.offices import offices
from tests.journeys.scenes.telling import draft
from tests.journeys.world import Person, World

PATIENCE = 60.0
PROGRAM = (sys.executable, "-c", "from shared.cli.main import run; run()")
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc and the kernel of Linux")
PARTIES = {
    "favrskov-ssp": "a",
    "oestjyllands-politi-infohus-randers": "a",
    "randers-infohus": "a",
    "odder-familieafdeling": "b",
    "oestjyllands-politi-psp-odder": "b",
    "region-syddanmark-psykiatri": "b",
}
"""Who is a party of which referral: senders, receivers, and those let in."""
TRY_NOTICED = "referral.try-noticed.v1"
ALONE = "samsoe-ssp"
"""Somebody with a draft that nobody else sees."""
OF_COMMITTEE = "oestjyllands-politi-psp-odder"
Seen = dict[str, Any]


@dataclass
class Town:
    """A platform, and the referrals that were made on it."""

    platform: Platform
    cases: dict[str, str] = field(default_factory=dict)

    def found(self) -> None:
        """Put the rulebook in force, and let people use the platform.

        To open a referral is a fact that others see: so everybody has looked once when this ends.
        """
        self.wait_until_ready()
        activate(self.platform, ROOT / "rulebook")
        asyncio.run(self._live())
        wait_until("nothing is new", lambda: self.seen() == self.seen())

    async def _live(self) -> None:
        """Play the first scenes of the story, and begin a draft that stays one."""
        async with self.world() as world:
            for scene in (offices, concern, committee):
                await scene(world)
            whole = {"name": "Opdigtet Kladde", "concern": "Opdigtet: kun for os selv."}
            await draft(world.person(ALONE), "infohus", whole)
            self.cases = {name: world.remembered[name] for name in "ab"}

    def world(self) -> World:
        """Give the people."""
        return World(self.platform)

    def wait_until_ready(self) -> None:
        """Return when every service is ready."""
        self.platform.wait_until_ready(within=PATIENCE)

    def begin_again(self, var: Path | None = None) -> None:
        """Start what was stopped, here or in another folder."""
        self.platform = Platform.start(var or self.platform.var)
        self.wait_until_ready()

    def seen(self) -> Seen:
        """Give what every party sees: its lists, and its referral with everything opened."""
        return asyncio.run(self._seen())

    def shows(self, expected: Seen) -> None:
        """Wait until everybody sees what is *expected*; a difference is shown as one."""
        last = monotonic() + PATIENCE
        while (now := self.seen()) != expected and monotonic() < last:
            sleep(0.2)
        assert now == expected, "\n".join(unified_diff(_lines(expected), _lines(now), n=0))

    async def _seen(self) -> Seen:
        async with self.world() as world:
            return {who: await self._seen_by(world.person(who), PARTIES[who]) for who in PARTIES}

    async def _seen_by(self, person: Person, case: str) -> Seen:
        paths = ["/inbox", "/sent", "/due", f"/referrals/{self.cases[case]}"]
        found = {path: await _answer(person, "referrals", path) for path in paths}
        if person.unit == OF_COMMITTEE:
            found["docket"] = await _answer(person, "councils", DOCKET)
        return found


def _lines(seen: Seen) -> list[str]:
    return json.dumps(seen, indent=1, ensure_ascii=False).splitlines()


async def _answer(person: Person, service: str, path: str) -> Any:  # noqa: ANN401 - JSON
    """Give what a door answers, whatever it is; tries are noticed later, and not by people."""
    headers = {"Authorization": f"Bearer {await person.token()}", "Kredslob-Unit": person.unit}
    headers["Kredslob-Purpose"] = person.purpose
    answer = await person.world.request("GET", (service, path), headers)
    body = answer.body
    if "timeline" in body:
        body["timeline"] = [step for step in body["timeline"] if step["type"] != TRY_NOTICED]
    return answer.status, body


def kredslob(
    *arguments: str | Path, var: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line as an operator would, on the platform in *var*."""
    command = [*PROGRAM, *map(str, arguments)]
    told = {**os.environ, "KREDSLOB_VAR": str(var), **environment}
    return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)


def secrets_of(platform: Platform) -> Mapping[str, bytes]:
    """Give everything that the platform keeps to itself, each under the file that holds it."""
    var = platform.var
    users = json.loads((var / "nats/nats.conf").read_text())["authorization"]["users"]
    found = {f"nats/nats.conf {user['user']}": user["password"].encode() for user in users}
    assert len(found) == len(SERVICES)
    found["run.json"] = platform.running.supervisor_password.encode()
    found["devlogin"] = (var / "devlogin/kredslob-operator.secret").read_bytes().strip()
    for file in (*var.glob("*/*.key"), *var.glob("*/*.pem")):
        lines = file.read_bytes().splitlines() if file.suffix == ".pem" else [file.read_bytes()]
        found[str(file.relative_to(var))] = lines[len(lines) // 2]
    return found


def gone(pid: int) -> bool:
    """Say whether a process has ended, though nobody may have taken note of it yet."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return told.rpartition(")")[2].split()[0] in {"Z", "X"}


def wait_until(what: str, seen: Any) -> None:  # noqa: ANN401 - whatever can be called
    """Return when *seen* gives something true."""
    last = monotonic() + PATIENCE
    while not seen():
        assert monotonic() < last, what
        sleep(0.05)
