"""The story of the plan, as ``make demo`` plays it."""

import pytest

from shared.platform.supervising import Platform
from tests.journeys.held import NotHeld, held, no_secrets
from tests.journeys.proof import proved
from tests.journeys.story import SCENES
from tests.journeys.world import World


async def test_the_whole_story_holds(platform: Platform) -> None:
    """Referred, screened, answered, replayed, proved; and no canary found outside an answer."""
    said: list[str] = []
    async with World(platform, say=said.append) as world:
        for _, scene in SCENES:
            await scene(world)
        await held(world)
        await proved(world)
        assert "Alt passer sammen" in said[-2]
        planted = platform.var / "log/planted.log"
        planted.write_text(f'{{"event": "{world.secrets[-1]}"}}')
        with pytest.raises(NotHeld):
            no_secrets(world)
