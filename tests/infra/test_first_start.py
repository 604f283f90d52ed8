"""What is prepared works: real engines let the services in by it, and the services take it."""

import importlib
import os
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import asyncpg
import pytest

from shared.eventstore.esdb import EsdbStore
from shared.kernel.clock import SystemClock
from shared.platform.first_start import FirstStart
from shared.projections.refused import checked_address
from shared.serving.keys import Keys, wrapping_key
from shared.serving.settings import ServiceSettings
from shared.testing.esdb.server import Certificate, esdb_server
from shared.testing.postgres import postgres
from shared.vault.credentials import Credentials
from tests.infra.reading import ROOT

PROGRAMS = ("referrals-work", "referrals-api", "councils", "audit")
Mount = Callable[[str], Path]


@pytest.fixture
def mount(first_start: FirstStart, tmp_path: Path) -> Mount:
    """Give what lays the secrets of a program into a folder, as a container finds them."""

    def laid_out(program: str) -> Path:
        folder = tmp_path / program / "secrets"
        folder.mkdir(parents=True)
        for name, content in first_start.secrets[program].items():
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)
        return folder

    return laid_out


async def test_the_store_lets_a_service_in(mount: Mount, tmp_path: Path) -> None:
    """Under TLS, by the certificates and the address that were prepared, facts can be asked for."""
    node, service = mount("esdb"), mount("councils")
    certificate = Certificate(node / "node.crt", node / "node.key")
    async with esdb_server(tmp_path / "store", certificate=certificate) as server:
        told = urlsplit((service / "kredslob_store_url").read_text())
        own = quote(str(service / "store-ca.crt"), safe="")
        url = told._replace(
            netloc=f"{told.username}:{told.password}@localhost:{server.port}",
            query=told.query.replace(quote("/run/secrets/store-ca.crt", safe=""), own),
        )
        assert own in url.query
        store = await EsdbStore.connect(url.geturl(), "councils", SystemClock())
        await store.close()


def test_the_vaults_door_and_its_guests_know_each_other(mount: Mount) -> None:
    """Worker and replica shake hands under the name that the replica asks by."""
    door, guest = (
        Credentials(folder / "door-ca.crt", folder / "door.crt", folder / "door.key")
        for folder in (mount("referrals-work"), mount("referrals-api"))
    )
    there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = guest.to_ask().wrap_bio(there, here, server_hostname="referrals-work")
    theirs = door.at_the_door().wrap_bio(here, there, server_side=True)
    shaken = [ours, theirs]
    for _ in range(10):
        shaken = [each for each in shaken if not _shakes(each)]
    assert shaken == []
    assert theirs.getpeercert()


def _shakes(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


async def test_the_database_lets_each_service_into_its_own(first_start: FirstStart) -> None:
    """A service owns its database, and no other service may even connect to it."""
    with postgres() as server:
        admin = await asyncpg.connect(_at(server.port, "postgres", "postgres"))
        for line in first_start.secrets["postgres"]["roles.sql"].decode().splitlines():
            await admin.execute(line)
        await admin.close()
        own = await asyncpg.connect(_at(server.port, "audit", "audit"))
        await own.execute("CREATE TABLE made (what text)")
        await own.close()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(_at(server.port, "councils", "audit"))


def _at(port: int, user: str, database: str) -> str:
    return f"postgresql://{user}@127.0.0.1:{port}/{database}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_service_finds_its_secrets_and_its_keys(
    program: str, mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Begun as in its container, a service reads its secrets, and its keys are where it looks."""
    secrets, service = mount(program), program.partition("-")[0]
    told = {"KREDSLOB_SECRETS": str(secrets), "KREDSLOB_VAR": str(secrets.parent / "var")}
    for name, value in {**told, "KREDSLOB_MODE": "production"}.items():
        monkeypatch.setenv(name, value)
    begin = ROOT / "infra" / "docker" / "begin.sh"
    subprocess.run(["/bin/sh", str(begin), "true"], env=dict(os.environ), check=True)
    settings: ServiceSettings = importlib.import_module(f"services.{service}.settings").Settings()
    assert settings.bus_password.get_secret_value()
    assert settings.store_url is not None
    assert settings.store_url.startswith("esdb://admin:")
    assert checked_address(settings.views_of(service)).endswith(f"/{service}")
    assert bool(settings.client_secret) == (service != "councils")
    Keys.of(service, settings)
    if program == "referrals-work":
        wrapping_key(service, settings)
