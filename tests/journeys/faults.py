"""``make faults``: the story with a process killed at a step that the seed picks, and nothing lost.

``make faults-production`` does the same to the wiring of production.

Each seed picks a process and a request of the story; before, during or after that request the
process gets SIGKILL. The story goes on, for every client repeats what got no answer.
At the end the facts are held against what was acknowledged.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from time import sleep
from typing import NamedTuple

from rich.console import Console

from shared.platform.activating import activate
from shared.platform.layout import BUS, LOGIN, SERVICES, SUPERVISOR, alive
from shared.platform.supervising import ROOT, Platform
from shared.testing.production import ENGINES, ProductionTown
from shared.testing.production_places import ALL, API, WORKER
from tests.journeys.held import NotHeld, held
from tests.journeys.story import SCENES
from tests.journeys.world import Answer, World


class Wiring(NamedTuple):
    """What is started, and which of its processes may be killed."""

    kind: type[Platform]
    victims: Sequence[str]


EMBEDDED = Wiring(Platform, (*SERVICES, BUS, LOGIN, SUPERVISOR))
PRODUCTION = Wiring(ProductionTown, (*ENGINES, LOGIN, *ALL, *API, WORKER, SUPERVISOR))
WIRINGS = {"embedded": EMBEDDED, "production": PRODUCTION}
REQUESTS = 48
"""As many as the story makes at the least; a seed that kills nobody has failed."""
console = Console(soft_wrap=True, highlight=False)


@dataclass
class Killer:
    """Kills one process of a platform: before, while or after the request that its seed picked."""

    seed: int
    wiring: Wiring = EMBEDDED
    world: World = field(init=False)
    platform: Platform = field(init=False)
    victim: str = field(init=False)
    at: int = field(init=False)
    moment: str = field(init=False)
    asked: int = 0
    killed: bool = False

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        self.victim, self.at = (
            self.dice.choice(self.wiring.victims),
            self.dice.randrange(1, REQUESTS),
        )
        self.moment = self.dice.choice(("before", "during", "after"))

    async def __call__(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask, and kill when it is the request that was picked."""
        self.asked += 1
        if self.asked != self.at:
            return await ask()
        if self.moment == "before":
            self.kill()
        asking = asyncio.ensure_future(ask())
        if self.moment == "during":
            await asyncio.sleep(self.dice.uniform(0, 0.03))
            self.kill()
        answer = await asking
        if self.moment == "after":
            self.kill()
        return answer

    def kill(self) -> None:
        """Send SIGKILL; after the supervisor's end, start the platform again in its folder."""
        platform = self.platform
        pids = platform.pids()
        if self.victim == SUPERVISOR:
            os.kill(platform.running.supervisor_pid, signal.SIGKILL)
            platform.stop()
            while any(alive(pid) for pid in pids.values()):
                sleep(0.02)
            self.platform = self.world.platform = self.wiring.kind.start(platform.var)
        elif self.victim in pids:
            os.kill(pids[self.victim], signal.SIGKILL)
        self.killed = True

    def __str__(self) -> str:
        return f"{self.victim} killed {self.moment} request {self.at}"


async def survived(killer: Killer) -> None:
    """Play the story while the process is killed, and hold the facts against the answers.

    Raises ``StoryFailed`` and ``NotHeld``.
    """
    async with World(killer.platform, around=killer) as world:
        killer.world = world
        for _, scene in SCENES:
            await scene(world)
        await held(world)
        if not killer.killed:
            raise NotHeld(f"{killer}: never, there were only {killer.asked}")


def play(seed: int, folder: Path, wiring: Wiring = EMBEDDED) -> Killer:
    """Start a platform in *folder*, play one seed, stop."""
    killer = Killer(seed, wiring)
    killer.platform = wiring.kind.start(folder)
    try:
        killer.platform.wait_until_ready(within=90)
        activate(killer.platform, ROOT / "rulebook")
        asyncio.run(survived(killer))
    finally:
        killer.platform.stop()
        if isinstance(killer.platform, ProductionTown):
            killer.platform.clear()
    return killer


def main(arguments: Sequence[str] | None = None) -> int:
    """Play as many seeds as asked for; end with 1 and the folder of the first that failed."""
    parser = argparse.ArgumentParser(description="Kill -9 at seeded steps of the story.")
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds, from --first on")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--wiring", choices=WIRINGS, default="embedded")
    asked = parser.parse_args(arguments)
    (ROOT / "var").mkdir(exist_ok=True)
    for seed in range(asked.first, asked.first + asked.seeds):
        folder = Path(mkdtemp(prefix=f"fault-{seed}-", dir=ROOT / "var"))
        try:
            killer = play(seed, folder, WIRINGS[asked.wiring])
        except Exception as problem:  # noqa: BLE001 - named, with the folder to look into
            console.print(f"[red]seed {seed} failed[/]: {problem!r}; logs in {folder / 'log'}")
            return 1
        shutil.rmtree(folder)
        console.print(f"seed {seed:2}: {killer}: all held")
    console.print(f"{asked.seeds} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
