"""A process has what it needs and no more: who only answers has no vault and no key to it."""

from pathlib import Path

from shared.testing.production import ProductionTown
from shared.testing.production_places import API, WORKER, place_of
from tests.journeys.world import World
from tests.production.cases import sent, until_all_lie_there

OF_A_REPLICA = {
    "clock",
    "keys/platform.key",
    "referrals/own.key",
    "secrets/kredslob_bus_password",
    "secrets/kredslob_client_secret",
    "tls/ca.pem",
    "tls/own.key",
    "tls/own.pem",
}


async def test_a_replica_has_no_vault(town: ProductionTown, world: World) -> None:
    """Vault, its key and every store are elsewhere; a replica that has answered has made none."""
    await until_all_lie_there(world, [await sent(world)])
    for replica in API:
        assert _files(place_of(town.var, replica)) == OF_A_REPLICA
    workers = _files(place_of(town.var, WORKER))
    assert {"referrals/vault.db", "referrals/wrapping.key"} < workers - OF_A_REPLICA
    assert not any(name.endswith(("events.db", "views.db")) for name in workers)


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
