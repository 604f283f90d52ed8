"""What was written at one replica is read at the other."""

from shared.api.tokens import ANSWERED_IN
from shared.testing.production_places import API
from tests.doors.knocking import knock
from tests.journeys.world import World
from tests.production.cases import SENDER, intake


async def test_a_token_of_one_replica_is_good_at_the_other(world: World) -> None:
    """Who shows where a change stands reads it at once, though another process answers."""
    sender = world.person(SENDER)
    for turn in range(10):
        written_at, read_at = API if turn % 2 else reversed(API)
        body = {"programme": "psp", "urgency": "almindelig", "intake": intake(world)}
        begun = await knock(sender, "POST", "/referrals", body, service=written_at)
        path, token = f"/referrals/{begun.json()['referral']}", begun.headers[ANSWERED_IN]
        seen = await knock(sender, "GET", path, service=read_at, kredslob_wait_for=token)
        assert (seen.status_code, seen.json()["stage"]) == (200, "draft"), seen.text
        assert seen.json()["intake"] == body["intake"]
