"""The compose file is valid, and every container in it is closed as far as it can be."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.cli.preparing import DATA
from shared.platform.first_start import PLACES, FirstStart, Target
from tests.infra.reading import COMPOSE, ENGINES, compose, set_for

SERVICES = compose()["services"]
SCHEMA = ("check_jsonschema", "--builtin-schema", "vendor.compose-spec")
LOOPBACK = "127.0.0.1:"


def valid(file: Path) -> "subprocess.CompletedProcess[str]":
    """Hold a file against the compose specification that check-jsonschema brings."""
    return subprocess.run(
        [sys.executable, "-m", *SCHEMA, str(file)], check=False, capture_output=True, text=True
    )


def open_places(service: dict[str, Any]) -> Iterator[str]:
    """Give everything in which a container is less closed than it has to be."""
    if not service.get("read_only"):
        yield "its root can be written"
    if service.get("cap_drop") != ["ALL"]:
        yield "it keeps capabilities"
    if service.get("security_opt") != ["no-new-privileges:true"]:
        yield "it may gain privileges"
    if not str(service.get("user", "")).startswith("${KREDSLOB_UID:?"):
        yield "it may run as root"
    if service.get("privileged") or service.get("cap_add") or service.get("network_mode"):
        yield "it is opened again"
    limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
    if set(limits) != {"cpus", "memory", "pids"}:
        yield "it may take all there is"
    if "test" not in service.get("healthcheck", {}):
        yield "nobody asks how it is"
    yield from (f"it listens on {port}" for port in service.get("ports", ()) if _is_open(port))


def _is_open(port: object) -> bool:
    return not (isinstance(port, str) and port.startswith(LOOPBACK))


def test_it_is_what_compose_takes() -> None:
    """The file is valid against the compose specification."""
    told = valid(COMPOSE)
    assert told.returncode == 0, told.stdout


def test_what_compose_does_not_take_is_seen(tmp_path: Path) -> None:
    """A key that compose does not know is found."""
    broken = yaml.safe_load(COMPOSE.read_text("utf-8"))
    broken["services"]["nats"]["read_onyl"] = True
    (tmp_path / "docker-compose.yml").write_text(yaml.safe_dump(broken))
    assert valid(tmp_path / "docker-compose.yml").returncode == 1


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_closed(name: str) -> None:
    """No root, nothing to write but what is mounted, no capabilities, limits, loopback alone."""
    assert list(open_places(SERVICES[name])) == []


def test_an_open_container_is_seen() -> None:
    """Each way of being open is found by itself."""
    opened: list[dict[str, Any]] = [
        {"read_only": False},
        {"cap_drop": []},
        {"security_opt": []},
        {"user": "0:0"},
        {"privileged": True},
        {"deploy": {"resources": {"limits": {"cpus": "1"}}}},
        {"healthcheck": {"disable": True}},
        {"ports": ["8401:8401"]},
        {"ports": ["0.0.0.0:8401:8401"]},
        {"ports": [{"target": 8401, "published": "8401"}]},
    ]
    for each in opened:
        assert len(list(open_places({**SERVICES["audit"], **each}))) == 1, each


@pytest.mark.parametrize("name", SERVICES)
def test_what_it_publishes_is_what_it_listens_on(name: str) -> None:
    """The port within, the port asked for health, and the port it is told are one."""
    service = SERVICES[name]
    told = set_for(service)
    listens = told.get("KREDSLOB_PORT") or told.get("KREDSLOB_ISSUER", "").rpartition(":")[2]
    within = {each.split(":")[-1] for each in service.get("ports", ())}
    if name in ENGINES:
        assert within == set()
        return
    assert f":{listens}/readyz" in service["healthcheck"]["test"][-1]
    assert within <= {listens}


def test_each_published_port_is_another() -> None:
    """No two containers want the same port of the machine."""
    published = [each for service in SERVICES.values() for each in service.get("ports", ())]
    outside = [each.split(":")[1] for each in published]
    assert len(outside) == len(set(outside))


def test_addresses_name_containers_that_share_a_network() -> None:
    """What a container asks by name is on a network with it, at the port it listens on."""
    ports = {"esdb": "2113", "nats": "4222", "postgres": "5432", "councils": "8402"}
    for name, service in SERVICES.items():
        for value in set_for(service).values():
            host, _, port = value.partition("://")[2].partition(":")
            if host == name or host not in SERVICES:
                continue
            expected = {**ports, "referrals-work": "8443"}[host]
            assert port == expected, (name, value)
            assert set(service["networks"]) & set(SERVICES[host]["networks"]), (name, host)


def test_only_who_needs_an_engine_reaches_it() -> None:
    """Store, bus, read models and the vault's door are on networks without a way out."""
    on: dict[str, set[str]] = {}
    for name, service in SERVICES.items():
        for network in service["networks"]:
            on.setdefault(network, set()).add(name)
    referrals = {"referrals-work", "referrals-api-1", "referrals-api-2"}
    asking = {*referrals, "councils", "audit"}
    assert on == {
        "outward": {*asking, "devlogin"},
        "store": {*asking, "esdb"},
        "bus": {*asking, "nats"},
        "views": {*asking, "postgres"},
        "door": referrals,
    }
    closed = {name for name, told in compose()["networks"].items() if told.get("internal")}
    assert closed == {"store", "bus", "views", "door"}


def test_the_vault_is_mounted_by_the_worker_alone() -> None:
    """Each folder of data belongs to one container, and is one that `kredslob prepare` makes."""
    mounted = [
        (each["source"].rpartition("/data/")[2], name)
        for name, service in SERVICES.items()
        for each in service.get("volumes", ())
    ]
    assert dict(mounted)["referrals"] == "referrals-work"
    assert sorted(folder for folder, _ in mounted) == sorted(DATA)


def test_every_secret_is_a_file_that_prepare_makes(first_start: FirstStart) -> None:
    """A secret is a file, made by `kredslob prepare` for this program, and all it makes is used."""
    made = {
        f"${{KREDSLOB_FOLDER}}/secrets/{program}/{name}"
        for program, files in first_start.secrets.items()
        for name in files
    }
    assert {told.get("file") for told in compose()["secrets"].values()} == made
    assert all(set(told) == {"file"} for told in compose()["secrets"].values())


def test_each_program_is_given_its_own_secrets_alone() -> None:
    """No container is given a file that was made for another, and every secret is given."""
    own = {"referrals-api-1": "referrals-api", "referrals-api-2": "referrals-api"}
    given = set()
    for name, service in SERVICES.items():
        for each in service["secrets"]:
            file = compose()["secrets"][each["source"]]["file"]
            assert f"/secrets/{own.get(name, name)}/" in file, (name, file)
            given.add(each["source"])
    assert given == set(compose()["secrets"])


def test_no_secret_stands_in_the_environment() -> None:
    """Passwords, keys and addresses with a password in them are never told by the environment."""
    secret = {"KREDSLOB_BUS_PASSWORD", "KREDSLOB_CLIENT_SECRET", "KREDSLOB_STORE_URL"}
    secret |= {"KREDSLOB_VIEWS_URL", "POSTGRES_PASSWORD", "EVENTSTORE_DEFAULT_ADMIN_PASSWORD"}
    for name, service in SERVICES.items():
        assert not secret & set(set_for(service)), name


@pytest.mark.parametrize("name", SERVICES)
def test_files_named_are_mounted(name: str) -> None:
    """Each path below the folder of secrets that a container is told is mounted there."""
    service = SERVICES[name]
    mounted = {f"/run/secrets/{each['target']}" for each in service["secrets"]}
    words = [*set_for(service).values(), *service.get("command", ())]
    words += [str(service.get("entrypoint", "")), str(service["healthcheck"]["test"])]
    for word in " ".join(words).replace(")", " ").replace("'", " ").replace('"', " ").split():
        if word.startswith("/run/secrets/"):
            found = word.rstrip(",")
            assert any(each == found or each.startswith(f"{found}/") for each in mounted), found


def test_compose_itself_takes_it(tmp_path: Path) -> None:
    """Where the compose plugin is installed, it reads the file as it stands."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], check=False).returncode:
        pytest.skip("no docker with the compose plugin on this machine")
    told = {"FOLDER": tmp_path, "UID": 1000, "GID": 1000, "ISSUER": "https://login.example.dk"}
    env = tmp_path / "compose.env"
    env.write_text("".join(f"KREDSLOB_{name}={value}\n" for name, value in told.items()))
    ran = subprocess.run(
        [docker, "compose", "--env-file", env, "--file", COMPOSE, "config", "--quiet"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr


def test_both_places_know_every_engine() -> None:
    """What is prepared for compose names the engines as the compose file does."""
    place = PLACES[Target.COMPOSE]
    database = place.database.split(":")[0]
    assert {*place.store_hosts, *place.door_hosts, database} <= set(SERVICES)
