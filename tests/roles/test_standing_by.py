"""A process that stands by can be stopped, and says why where it cannot go on."""

import signal
from pathlib import Path

from shared.serving.sole import sole
from tests.roles.locks import STANDING_BY, somebody, terminate
from tests.roles.starting import DEAF, Told, ended, refused, started


async def test_who_stands_by_can_be_stopped(told: Told, tmp_path: Path) -> None:
    """SIGTERM ends it quietly also where it does nothing by itself, as to a container's first."""
    views = told["VIEWS_URL"]
    async with sole(views, "councils"), started(tmp_path, told, "councils", way=DEAF) as process:
        await somebody(views, STANDING_BY)
        process.send_signal(signal.SIGTERM)
        await ended(process, 0)


async def test_who_stands_by_without_a_database_ends(told: Told, tmp_path: Path) -> None:
    """The supervisor starts another, which waits for a database that is there."""
    views = told["VIEWS_URL"]
    async with sole(views, "councils"), started(tmp_path, told, "councils") as process:
        await terminate(views, await somebody(views, STANDING_BY))
        assert "Databasen svarer ikke" in await ended(process, 78)


async def test_who_could_never_work_does_not_stand_by(told: Told, tmp_path: Path) -> None:
    """What is missing is said when it is started, not in the night when its turn comes."""
    async with sole(told["VIEWS_URL"], "councils"):
        said = await refused(tmp_path, {**told, "MODE": "production"}, "councils")
    assert "platform.key" in said


async def test_looking_at_the_settings_shows_no_password(tmp_path: Path) -> None:
    """Of an address its kind, host and path are shown, and not what somebody is known by."""
    addresses = {
        "VIEWS_URL": "postgresql+asyncpg://kreds:aB/cD9secret@db/x?password=S3CR3T",
        "BUS_URL": "nats://T0KEN@bus",
        "STORE_URL": "esdb://u:hush@h1,h2:2113?tls=false",
        "COUNCILS_URL": "https://kreds:S3?C@R3T@councils/x",
        "ISSUER": "http://127.0.0.1:1/login?S3CR3T",
        "PORT": "1",
    }
    async with started(tmp_path, addresses, "referrals", asked=["check"]) as process:
        said = await ended(process, 1)
    for shown in ("postgresql+asyncpg://…@db/x", "nats://…@bus", "esdb://…@h1,h2:2113"):
        assert shown in said
    assert "http://127.0.0.1:1/login" in said
    for secret in ("kreds:", "aB", "cD9", "S3", "R3T", "T0KEN", "hush", "tls"):
        assert secret not in said
