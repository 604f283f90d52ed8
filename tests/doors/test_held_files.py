"""A store or a vault that does not answer: refused as such, nothing half-written, mended by itself.

Another process that holds the file's lock is what a file that does not answer looks like.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.doors.cases import DRAFT, received
from tests.doors.knocking import facts, knock, nothing_written, refused
from tests.doors.people import SSP, person
from tests.journeys.world import World


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Keep everybody else from writing to a file."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


async def test_a_store_that_does_not_answer_refuses_changes(world: World) -> None:
    """While the store takes nothing, a change is refused as such and reading goes on."""
    case, ssp = await received(world), person(world, SSP)
    path, body = f"/referrals/{case}/messages", {"text": "Hej."}
    async with nothing_written(world.platform):
        with held(world.platform.var / "referrals/events.db"):
            no = await knock(ssp, "POST", path, body, idempotency_key="held")
            refused(no, "storage-down", 503)
            assert no.headers["retry-after"]
            assert (await knock(ssp, "GET", f"/referrals/{case}")).is_success
    again = await knock(ssp, "POST", path, body, idempotency_key="held")
    assert again.status_code == 201
    told = [kind for stream, kind in await facts(world.platform) if case in stream]
    assert told.count("referral.message-written.v1") == 1


async def test_a_vault_that_does_not_answer_refuses_what_needs_it(world: World) -> None:
    """Without its keys the service neither writes nor shows what is sealed, and says so."""
    case, ssp = await received(world), person(world, SSP)
    async with nothing_written(world.platform):
        with held(world.platform.var / "referrals/vault.db"):
            refused(await knock(ssp, "POST", "/referrals", DRAFT), "keys-down", 503)
            refused(await knock(ssp, "GET", f"/referrals/{case}"), "keys-down", 503)
    seen = await ssp.get(f"/referrals/{case}")
    assert seen.body["intake"]["name"] == DRAFT["intake"]["name"]
