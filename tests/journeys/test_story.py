"""The story of the plan, as ``make demo`` plays it."""

import pytest

from shared.platform.supervising import Platform
from tests.journeys.held import NotHeld, held, no_canaries
from tests.journeys.proof import prove
from tests.journeys.scenes.telling import CANARY_NAME
from tests.journeys.story import SCENES
from tests.journeys.world import World


async def test_the_whole_story_holds(platform: Platform) -> None:
    """Referred, screened, answered, replayed, proved; and no canary found outside an answer."""
    async with World(platform) as world:
        said: list[str] = []
        for _, scene in SCENES:
            await scene(world)
        await held(world)
        prove(platform, said.append)
        assert "Alt passer sammen" in said[0]
        (platform.var / "log/planted.log").write_text(f'{{"event": "{CANARY_NAME}"}}')
        with pytest.raises(NotHeld):
            no_canaries(platform.var)
