"""The keys are with the process that works; without it nothing is sealed or opened."""

from shared.testing.production import ProductionTown
from shared.testing.production_places import API, WORKER
from tests.doors.knocking import knock, refused
from tests.journeys.world import World
from tests.production.cases import COMMITTEE, SENDER, intake, sent, until_all_lie_there


async def test_without_the_vault_lists_are_read_and_the_rest_waits(
    town: ProductionTown, world: World
) -> None:
    """A replica that cannot reach the vault says so in both languages, and goes on listing.

    When the vault is back nothing has to be done: what was refused is taken.
    """
    case = await sent(world)
    await until_all_lie_there(world, [case])
    sender, receiver = world.person(SENDER), world.person(COMMITTEE)
    body = {"programme": "psp", "urgency": "almindelig", "intake": intake(world)}
    town.stop_program(WORKER)
    try:
        for replica in API:
            draft = (sender, "POST", "/referrals", body)
            told = refused(await knock(*draft, service=replica), "keys-down", 503)
            assert "Nøglerne" in told["title"]
            assert "keys" in told["en"]["title"]
            opened = await knock(receiver, "GET", f"/referrals/{case}", service=replica)
            refused(opened, "keys-down", 503)
            inbox = await knock(receiver, "GET", "/inbox?size=200", service=replica)
            assert inbox.status_code == 200, inbox.text
            assert case in {each["referral"] for each in inbox.json()["items"]}
    finally:
        town.start_program(WORKER)
    for replica in API:
        seen = await receiver.get(f"/referrals/{case}", service=replica)
        assert seen.body["intake"]["concern"] in world.secrets
    await until_all_lie_there(world, [await sent(world)])
