"""Each image is one certain image, and ours is made of nothing but what the lock file names."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture import tree
from tests.infra.reading import COMPOSE, DOCKERFILE, MANIFESTS, compose, container_of, workloads

BEGIN = tree.ROOT / "infra" / "docker" / "begin.sh"
DIGEST = re.compile(r"[a-z/.-]+:[\w.-]+@sha256:[0-9a-f]{64}")
TAGGED = re.compile(r"[a-z/.-]+:\d[\w.-]*")


def images() -> set[str]:
    """Give every image that is named anywhere."""
    named = {service["image"] for service in compose()["services"].values()}
    named |= {container_of(each)["image"] for each in workloads().values()}
    return named | set(re.findall(r"^FROM (\S+)", DOCKERFILE.read_text("utf-8"), re.MULTILINE))


def listed() -> dict[str, str]:
    """Give the images that may have no digest, each with its reason."""
    lines = tree.text(Path("infra/docker/undigested.txt")).splitlines()
    split = (line.partition("  # ") for line in lines if line and not line.startswith("#"))
    return {image: reason for image, _, reason in split}


def test_every_image_is_a_certain_one() -> None:
    """An image has a version and a digest, or is listed among those without, with a reason."""
    without = {each for each in images() if not DIGEST.fullmatch(each)}
    assert without == set(listed())
    assert all(TAGGED.fullmatch(image) and reason for image, reason in listed().items())


def test_compose_and_kubernetes_run_the_same_images() -> None:
    """What was tried in the one is what runs in the other."""
    here = {each["image"] for each in compose()["services"].values()}
    there = {container_of(each)["image"] for each in workloads().values()}
    assert there <= here


def test_ours_is_the_version_of_the_project() -> None:
    """The image is named for the version that it is made of."""
    version = re.search(r'^version = "(.+)"', tree.text(Path("pyproject.toml")), re.MULTILINE)
    assert version is not None
    named = {each for each in images() if each.startswith("kredslob:")}
    assert named == {f"kredslob:{version[1]}"}


def test_ours_is_made_of_the_lock_alone() -> None:
    """Everything is installed by hash; no tool that builds or installs is left when it runs."""
    build, _, run = DOCKERFILE.read_text("utf-8").partition("\nFROM ")[2].partition("\nFROM ")
    installed = " ".join(build.replace("\\\n", " ").split())
    assert (
        "--only-binary :all: --require-hashes --requirement requirements/runtime.lock" in installed
    )
    assert "uninstall --yes --quiet pip setuptools wheel" in run
    assert not re.search(r"apt-get|curl|wget|ADD ", build + run)
    assert re.search(r"^USER 10001:10001$", run, re.MULTILINE)


def test_the_store_is_new_enough() -> None:
    """Before 24.10.5 the store may skip facts in a filtered read; it is never named here."""
    text = COMPOSE.read_text("utf-8") + "".join(
        path.read_text("utf-8") for path in MANIFESTS.glob("*.yaml")
    )
    found = re.findall(r"eventstore/eventstore:(\d+)\.(\d+)\.(\d+)", text)
    assert found
    assert all(tuple(map(int, each)) >= (24, 10, 5) for each in found)


def begun(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Begin a container's program in *folder*, with its secrets and its data."""
    told = {"KREDSLOB_SECRETS": str(folder / "secrets"), "KREDSLOB_VAR": str(folder / "var")}
    return subprocess.run(
        ["/bin/sh", str(BEGIN), *command],
        env={**os.environ, **told},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """Give a folder with secrets as a container is given them, and an empty disk."""
    for folder in ("secrets", "var"):
        (tmp_path / folder).mkdir()
    secrets = {"keys.platform.key": "p", "referrals.own.key": "o", "door.key": "d"}
    secrets["devlogin.kredslob-audit.secret"] = "s"
    for name, content in secrets.items():
        (tmp_path / "secrets" / name).write_text(content)
    return tmp_path


def test_keys_are_linked_to_their_places(mounted: Path) -> None:
    """A key that is mounted is found where the service looks, and is not copied to its disk."""
    ran = begun(mounted, "echo", "running")
    assert (ran.returncode, ran.stdout) == (0, "running\n")
    var = mounted / "var"
    found = sorted(str(path.relative_to(var)) for path in var.rglob("*") if path.is_symlink())
    assert found == [
        "devlogin/kredslob-audit.secret",
        "keys/platform.key",
        "referrals/own.key",
    ]
    assert (var / "referrals" / "own.key").read_text() == "o"
    assert (var / "referrals").stat().st_mode & 0o777 == 0o700


def test_beginning_twice_is_beginning_once(mounted: Path) -> None:
    """A container that is started again finds its own links and goes on."""
    begun(mounted, "true")
    assert begun(mounted, "true").returncode == 0


def test_a_key_on_the_disk_is_never_replaced(mounted: Path) -> None:
    """Where a real key file lies already, nothing is begun: it may be the only one there is."""
    place = mounted / "var" / "referrals" / "own.key"
    place.parent.mkdir()
    place.write_text("older")
    ran = begun(mounted, "echo", "running")
    assert ran.returncode == 1
    assert "a key lies here already" in ran.stderr
    assert place.read_text() == "older"
