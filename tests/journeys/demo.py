"""``make demo``: the story on the real platform, step by step; ends with 0, or 1 and the step."""

import asyncio
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp

from rich.console import Console

from shared.platform.activating import activate
from shared.platform.supervising import ROOT, Platform
from tests.journeys.proof import proved
from tests.journeys.story import SCENES
from tests.journeys.world import World

console = Console(soft_wrap=True, highlight=False)


def main() -> int:
    """Start a platform of its own, play the story, prove its history, stop."""
    (ROOT / "var").mkdir(exist_ok=True)
    var = Path(mkdtemp(prefix="demo-", dir=ROOT / "var"))
    console.print("[bold]Kredsløb[/]: alle personer og alle veje i denne historie er opdigtede.")
    platform = Platform.start(var)
    telling = Telling()
    try:
        with console.status("Starter platformen (starting) …"):
            platform.wait_until_ready()
            activate(platform, ROOT / "rulebook")
        console.print(f"Platformen kører i {var.relative_to(ROOT)} på frie porte (on free ports)")
        asyncio.run(telling.play(platform))
    except Exception as problem:  # noqa: BLE001 - whatever went wrong, the step is named
        console.print(f"[red]Trinnet {telling.step} gik galt (failed)[/]: {problem!r}")
        console.print(f"Logs: {var / 'log'}")
        return 1
    finally:
        platform.stop()
    shutil.rmtree(var)
    console.print("[green]Hele historien gik, som den skulle (all went as it should).[/]")
    return 0


class Telling:
    """Tells the story, and knows which step it is at."""

    step = "start"

    async def play(self, platform: Platform) -> None:
        """Play every scene."""
        async with World(platform, say=self.say) as world:
            for step, scene in SCENES:
                self.at(step, (scene.__doc__ or "").strip())
                await scene(world)
            self.at("bevis", "Historien efterprøves; én ændret byte i en kopi bliver fundet.")
            await proved(world)

    def at(self, step: str, what: str) -> None:
        """Begin a step."""
        self.step = step
        danish, _, english = what.partition("\n\n")
        console.print(f"[bold]({step}) {danish}[/]")
        if english:
            console.print(f"    [dim]{' '.join(english.split())}[/]")

    @staticmethod
    def say(line: str) -> None:
        """Tell what happened within a step."""
        console.print(f"    {line}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
