"""What `kredslob prepare` makes is whole, private, and accepted by those it is made for."""

import os
import re
import stat
import subprocess
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import typer
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from typer.testing import CliRunner

from shared.cli.preparing import DATA, IMAGE_USER, prepare
from shared.messaging.server import nats_server_binary
from shared.platform.first_start import FirstStart
from shared.transparency.note import NoteKey, Signer
from shared.vault.credentials import Credentials
from shared.vault.provider import FileKeys

app = typer.Typer()
app.command()(prepare)
RUNNER = CliRunner()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder prepared for compose, as the command leaves it."""
    folder = tmp_path_factory.mktemp("prepared") / "docker"
    ran = RUNNER.invoke(app, [str(folder), "--issuer", "https://login.example.dk"])
    assert ran.exit_code == 0, ran.output
    assert "Færdig (done)" in ran.output
    return folder


def test_everything_is_there(prepared: Path, first_start: FirstStart) -> None:
    """Each program has its own folder with its files, and each engine an empty folder for data."""
    made = {str(path.relative_to(prepared / "secrets")) for path in files(prepared / "secrets")}
    assert made == {
        f"{program}/{name}" for program, held in first_start.secrets.items() for name in held
    }
    assert sorted(each.name for each in (prepared / "data").iterdir()) == sorted(DATA)
    assert [path.name for path in files(prepared / "offline")] == ["door-ca.key", "store-ca.key"]


def files(folder: Path) -> list[Path]:
    """Give every file below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_nobody_else_can_look(prepared: Path) -> None:
    """Files are 0600 and folders 0700, and all belong to who is to run the containers."""
    owner = os.geteuid() or IMAGE_USER
    for path in (prepared / name for name in ("secrets", "offline", "data")):
        for each in (path, *path.rglob("*")):
            status = each.stat()
            assert stat.S_IMODE(status.st_mode) == (0o700 if each.is_dir() else 0o600), each
            assert status.st_uid == owner, each


def test_compose_is_told_where_and_as_whom(prepared: Path) -> None:
    """What compose fills in stands in one file: the folder, the user (never root), the login."""
    told = dict(line.split("=", 1) for line in (prepared / "compose.env").read_text().splitlines())
    assert told["KREDSLOB_FOLDER"] == str(prepared)
    assert told["KREDSLOB_ISSUER"] == "https://login.example.dk"
    assert int(told["KREDSLOB_UID"]) > 0
    assert set(told) == {f"KREDSLOB_{name}" for name in ("FOLDER", "UID", "GID", "ISSUER")}


def test_the_development_login_is_never_started_unsaid(tmp_path: Path) -> None:
    """Without a login provider the profile for trying out is written, and said; with one it is not.

    The other half is the test above: nothing but the four settings stands there.
    """
    ran = RUNNER.invoke(app, [str(tmp_path / "docker")])
    assert "anybody can be anybody" in ran.output.replace("\n", " ")
    assert "COMPOSE_PROFILES=dev" in (tmp_path / "docker" / "compose.env").read_text().splitlines()


@pytest.mark.parametrize("there", ["secrets", "offline", "data", "compose.env"])
def test_nothing_is_written_over(tmp_path: Path, there: str) -> None:
    """Where any of it lies already, nothing at all is written, and the command says so."""
    (tmp_path / there).mkdir()
    ran = RUNNER.invoke(app, [str(tmp_path)])
    assert ran.exit_code == 1
    assert "is there already" in ran.output.replace("\n", " ")
    assert files(tmp_path) == []


def test_the_help_shows_an_example() -> None:
    """Whoever asks for help sees a command that can be typed."""
    assert "Example: kredslob prepare var/production" in RUNNER.invoke(app, ["--help"]).output


def test_keys_are_keys(prepared: Path, tmp_path: Path) -> None:
    """Each key file is 32 bytes that the services take, and no two services share one."""
    found = [path for path in files(prepared / "secrets") if path.name.count(".") == 2]
    keys = [path for path in found if path.suffix == ".key"]
    by_name = {path.name: path.read_bytes() for path in keys}
    assert len({path.read_bytes() for path in keys}) == len(by_name) == 5
    for number, key in enumerate(keys):
        own = tmp_path / str(number)
        own.write_bytes(key.read_bytes())
        own.chmod(0o600)
        FileKeys(own)


def test_all_processes_of_a_service_share_its_own_key(first_start: FirstStart) -> None:
    """Replicas and worker derive the same from one key; what wraps is the worker's alone."""
    made = first_start.secrets
    work, api = made["referrals-work"], made["referrals-api"]
    assert work["referrals.own.key"] == api["referrals.own.key"]
    assert len({held["keys.platform.key"] for held in made.values() if len(held) > 5}) == 1
    assert "referrals.wrapping.key" in work
    assert "referrals.wrapping.key" not in api


@pytest.mark.parametrize("where", ["first_start", "first_start_in_cluster"])
def test_the_bus_takes_its_configuration(
    where: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """The real server reads the file as it stands, for one node and for three."""
    start: FirstStart = request.getfixturevalue(where)
    config = tmp_path / "nats.conf"
    config.write_bytes(start.secrets["nats"]["nats.conf"])
    ran = subprocess.run(
        [nats_server_binary(), "--config", config, "--name", "nats-0", "-t"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr


def test_each_service_has_its_own_user_on_the_bus(first_start: FirstStart) -> None:
    """The password that a service is given is that of its own user, and of nobody else."""
    made = first_start.secrets
    config = made["nats"]["nats.conf"].decode()
    for program in ("referrals-work", "referrals-api", "councils", "audit"):
        password = made[program]["kredslob_bus_password"].decode()
        user = re.search(rf'"user": "(\w+)",\s+"password": "{password}"', config)
        assert user is not None
        assert user[1] == program.partition("-")[0]


def test_each_service_has_its_own_database(first_start: FirstStart) -> None:
    """The address that a service is given is of its own database, as its own user."""
    made = first_start.secrets
    sql = made["postgres"]["roles.sql"].decode()
    for program in ("referrals-work", "referrals-api", "councils", "audit"):
        url = urlsplit(made[program]["kredslob_views_url"].decode())
        service = program.partition("-")[0]
        assert (url.username, url.path) == (service, f"/{service}")
        assert f"CREATE ROLE {service} LOGIN PASSWORD '{url.password}';" in sql
        assert f"REVOKE ALL ON DATABASE {service} FROM PUBLIC;" in sql


def test_the_vaults_door_takes_its_certificates(first_start: FirstStart, tmp_path: Path) -> None:
    """Worker and replica each take what they are given; neither fits the other's part."""
    for program in ("referrals-work", "referrals-api"):
        (tmp_path / program).mkdir()
        for name, content in first_start.secrets[program].items():
            (tmp_path / program / name).write_bytes(content)
            (tmp_path / program / name).chmod(0o600)
    work, api = (_credentials(tmp_path / f"referrals-{part}") for part in ("work", "api"))
    work.at_the_door()
    api.to_ask()
    with pytest.raises(Exception, match="serverAuth"):
        api.at_the_door()
    with pytest.raises(Exception, match="clientAuth"):
        work.to_ask()


def _credentials(folder: Path) -> Credentials:
    return Credentials(folder / "door-ca.crt", folder / "door.crt", folder / "door.key")


def test_the_stores_certificate_fits(
    first_start: FirstStart, first_start_in_cluster: FirstStart
) -> None:
    """It is signed by what the services trust, for every name that the store is asked by."""
    for start in (first_start, first_start_in_cluster):
        made = start.secrets
        node = x509.load_pem_x509_certificate(made["esdb"]["node.crt"])
        trusted = x509.load_pem_x509_certificate(made["audit"]["store-ca.crt"])
        node.verify_directly_issued_by(trusted)
        (name,) = node.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        assert name.value == "eventstoredb-node"
        names = node.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        url = urlsplit(made["audit"]["kredslob_store_url"].decode())
        assert url.hostname in names.get_values_for_type(x509.DNSName)
        assert ip_address("127.0.0.1") in names.get_values_for_type(x509.IPAddress)
        uses = node.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert set(uses) == {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}


def test_one_authority_opens_nothing_of_the_other(first_start: FirstStart) -> None:
    """The store's authority and the door's are two: a node of the store cannot ask for keys."""
    made = first_start.secrets
    store = x509.load_pem_x509_certificate(made["esdb"]["ca.crt"])
    door = x509.load_pem_x509_certificate(made["referrals-work"]["door-ca.crt"])
    assert store.public_key() != door.public_key()
    assert not any(name.endswith("ca.key") for held in made.values() for name in held)


def test_the_store_is_asked_under_tls_with_its_password(first_start: FirstStart) -> None:
    """The address carries the user, the password that the store begins with, and whom to trust."""
    made = first_start.secrets
    url = urlsplit(made["councils"]["kredslob_store_url"].decode())
    told = parse_qs(url.query)
    assert url.password == made["esdb"]["admin_password"].decode()
    assert (told["tls"], told["tlsCaFile"]) == (["true"], ["/run/secrets/store-ca.crt"])


def test_councils_know_the_audits_key(first_start: FirstStart, tmp_path: Path) -> None:
    """The public key that councils witness by is that of the key that the audit signs with."""
    made = first_start.secrets
    (tmp_path / "signing.pem").write_bytes(made["audit"]["audit.signing.pem"])
    public = NoteKey.read(made["councils"]["ledger.pub"].decode())
    assert Signer.kept_in(tmp_path / "signing.pem", public.name).public == public


def test_no_password_comes_twice(
    first_start: FirstStart, first_start_in_cluster: FirstStart
) -> None:
    """Everything secret is made anew for each folder that is prepared."""
    secret = {"admin_password", "ops_password", "kredslob_bus_password", "node.key", "door.key"}
    here, there = (
        {
            content
            for held in start.secrets.values()
            for name, content in held.items()
            if name in secret
        }
        for start in (first_start, first_start_in_cluster)
    )
    assert not here & there
