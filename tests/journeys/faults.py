"""``make faults``: the story with a process killed at a step that the seed picks, and nothing lost.

Each seed picks a process and a request of the story; after that request's answer the process gets
SIGKILL, wherever it is in its work. The story goes on, for every client repeats what got no answer.
At the end the facts are held against what was acknowledged.
"""

import argparse
import asyncio
import os
import random
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from rich.console import Console

from shared.platform.activating import activate
from shared.platform.layout import BUS, LOGIN, SERVICES
from shared.platform.supervising import ROOT, Platform
from tests.journeys.held import held
from tests.journeys.story import SCENES
from tests.journeys.world import World

VICTIMS = (*SERVICES, BUS, LOGIN)
REQUESTS = 48
"""About as many requests as the story makes; a seed that picks a later one kills nobody."""
console = Console(soft_wrap=True, highlight=False)


@dataclass
class Killer:
    """Kills one process of a platform right after the request that its seed has picked."""

    platform: Platform
    seed: int
    victim: str = field(init=False)
    after: int = field(init=False)
    asked: int = 0
    killed: bool = False

    def __post_init__(self) -> None:
        dice = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        self.victim, self.after = dice.choice(VICTIMS), dice.randrange(1, REQUESTS)

    async def __call__(self) -> None:
        """Count a request, and kill when it is the one."""
        self.asked += 1
        if self.asked == self.after:
            pid = await asyncio.to_thread(lambda: self.platform.pids().get(self.victim))
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                self.killed = True


async def survived(platform: Platform, seed: int) -> Killer:
    """Play the story while the seed's process is killed, and hold the facts against the answers.

    Raises ``StoryFailed`` and ``NotHeld``.
    """
    killer = Killer(platform, seed)
    async with World(platform, after_each=killer) as world:
        for _, scene in SCENES:
            await scene(world)
        await held(world)
        return killer


def play(seed: int, folder: Path) -> Killer:
    """Start a platform in *folder*, play one seed, stop."""
    platform = Platform.start(folder)
    try:
        platform.wait_until_ready(within=60)
        activate(platform, ROOT / "rulebook")
        return asyncio.run(survived(platform, seed))
    finally:
        platform.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Play as many seeds as asked for; end with 1 and the folder of the first that failed."""
    parser = argparse.ArgumentParser(description="Kill -9 at seeded steps of the story.")
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds, from --first on")
    parser.add_argument("--first", type=int, default=1)
    asked = parser.parse_args(arguments)
    (ROOT / "var").mkdir(exist_ok=True)
    for seed in range(asked.first, asked.first + asked.seeds):
        folder = Path(mkdtemp(prefix=f"fault-{seed}-", dir=ROOT / "var"))
        try:
            killer = play(seed, folder)
        except Exception as problem:  # noqa: BLE001 - named, with the folder to look into
            console.print(f"[red]seed {seed} failed[/]: {problem!r}; logs in {folder / 'log'}")
            return 1
        shutil.rmtree(folder)
        what = f"{killer.victim} killed after request {killer.after}"
        console.print(f"seed {seed:2}: {what if killer.killed else 'nobody killed'}: all held")
    console.print(f"{asked.seeds} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
