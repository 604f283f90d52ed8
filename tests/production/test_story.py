"""The story of the plan on production engines: two replicas answer by turns, one process works."""

from tests.journeys.held import held
from tests.journeys.proof import proved
from tests.journeys.scenes.offices import offices
from tests.journeys.story import SCENES
from tests.journeys.world import World


async def test_the_whole_story_holds(world: World) -> None:
    """Referred, screened, answered, replayed, proved, whichever replica is asked for each step."""
    said: list[str] = []
    world.say = said.append
    for _, scene in SCENES:
        if scene is not offices:  # the town has given them
            await scene(world)
    await held(world)
    await proved(world)
    assert "Alt passer sammen" in said[-2]
