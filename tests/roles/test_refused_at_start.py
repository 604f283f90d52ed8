"""A process that cannot work as it is set up ends at once, and says what is wrong."""

from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from shared.testing.certificates import MadeUpAuthority
from shared.testing.esdb import esdb_server
from shared.testing.postgres import Postgres
from shared.vault.provider import FileKeys
from tests.roles.starting import Told, refused


def with_keys(var: Path) -> None:
    """Make the keys of referrals, which processes that share a service do not make themselves."""
    for name in ("keys/platform", "referrals/own", "referrals/wrapping"):
        FileKeys(var / f"{name}.key")


@pytest.mark.parametrize(
    "url", ["postgresql://127.0.0.1/x", "esdb://", "esdb:/127.0.0.1:2113", "nonsense"]
)
async def test_a_connection_string_that_is_none(told: Told, tmp_path: Path, url: str) -> None:
    """What should stand there is shown; what stands there is not, for it may hold a password."""
    said = await refused(tmp_path, {**told, "STORE_URL": url}, "councils")
    assert "Forbindelsesstrengen er ugyldig" in said
    assert "esdb://" in said


async def test_a_certificate_that_is_none(told: Told, tmp_path: Path) -> None:
    """A file that holds no certificate is named as such before anything is sent."""
    (tmp_path / "ca.pem").write_text("made up")
    url = f"esdb://admin:hush@127.0.0.1:2113?tlsCaFile={tmp_path / 'ca.pem'}"
    said = await refused(tmp_path, {**told, "STORE_URL": url}, "councils")
    assert "certifikat" in said
    assert "hush" not in said


async def test_an_engine_that_is_too_old(told: Told, tmp_path: Path) -> None:
    """Before 24.10.5 a subscription may pass a fact over: such an engine is not begun with."""
    async with esdb_server(tmp_path / "old", version="24.10.4") as old:
        said = await refused(tmp_path, {**told, "STORE_URL": old.url}, "councils")
    assert "24.10.5" in said


async def test_a_missing_database(told: Told, database: Postgres, tmp_path: Path) -> None:
    """Who runs it makes the database; a service never does."""
    url = make_url(told["VIEWS_URL"]).set(database="missing").render_as_string(hide_password=False)
    assert "CREATE DATABASE" in await refused(tmp_path, {**told, "VIEWS_URL": url}, "councils")
    assert database.port


async def test_a_half_migrated_schema(told: Told, tmp_path: Path) -> None:
    """Tables that a broken migration left are neither read nor written: a rebuild makes others."""
    url = make_url(told["VIEWS_URL"]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    await connection.execute("CREATE TABLE checkpoint (generation bigint, source text)")
    await connection.close()
    assert "kredslob rebuild" in await refused(tmp_path, told, "councils")


async def test_doors_without_a_way_to_the_vault(told: Told, tmp_path: Path) -> None:
    """Every part of the way has to be said: address, and who signs for both sides."""
    with_keys(tmp_path)
    said = await refused(tmp_path, {**told, "ROLE": "api", "COUNCILS_URL": "http://127.0.0.1:1"})
    assert "KREDSLOB_VAULT_URL" in said


async def test_a_certificate_of_the_vaults_door_that_is_none(told: Told, tmp_path: Path) -> None:
    """The worker does not begin with a door that nobody could come through."""
    with_keys(tmp_path)
    authority = MadeUpAuthority.made(tmp_path / "tls")
    server = authority.server("vault")
    server.cert.write_text("made up")
    files = {"TLS_CA": str(server.ca), "TLS_CERT": str(server.cert), "TLS_KEY": str(server.key)}
    said = await refused(tmp_path, {**told, **files, "ROLE": "work", "VAULT_PORT": "0"})
    assert "Nøglelageret" in said


@pytest.mark.parametrize("role", ["api", "work"])
async def test_files_belong_to_one_process(tmp_path: Path, role: str) -> None:
    """A store in a file cannot be shared between doors and work."""
    assert "KREDSLOB_STORE_URL" in await refused(tmp_path, {"ROLE": role})


async def test_production_makes_no_keys(told: Told, tmp_path: Path) -> None:
    """A key that is missing in production was lost or is not mounted: a new one would not fit."""
    said = await refused(tmp_path, {**told, "MODE": "production"}, "councils")
    assert "platform.key" in said


@pytest.mark.parametrize(
    ("name", "value", "danish", "english"),
    [
        ("PORT", "x", "skal være et helt tal", "must be a whole number"),
        ("ROLE", "api2", "'all', 'api' eller 'work'", "'all', 'api' or 'work'"),
        ("BUS_REPLICAS", "99", "må højst være 5", "must be at most 5"),
        ("STORE_PAGES", "made-up-password", "skal være et helt tal", "must be a whole number"),
    ],
)
async def test_a_setting_that_is_none(
    tmp_path: Path, name: str, value: str, danish: str, english: str
) -> None:
    """Its name and what it must be are said; what it is may be a password in the wrong place."""
    said = await refused(tmp_path, {name: value}, "councils")
    assert f"KREDSLOB_{name}: " in said
    assert danish in said
    assert english in said
    assert "made-up" not in said
