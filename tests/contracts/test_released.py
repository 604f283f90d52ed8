"""What was released stays: from the first tag on, no schema and no sample is ever changed."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.contracts.released import nobodys, unkept
from tests.contracts.write import ROOT

SCHEMA = Path("shared/contracts/schemas/thing.moved.v1.json")
SAMPLE = Path("shared/contracts/samples/thing.moved.v1.json")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Give a repository with one schema and one sample, and one release of them."""
    for file in (SCHEMA, SAMPLE):
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text('{"é": 1}\r\n', "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "made up")
    git(tmp_path, "tag", "v0.1.0")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody made up, without anybody's settings."""
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    somebody = ["-c", "user.name=made-up", "-c", "user.email=made@up"]
    command = ["git", *somebody, *arguments]
    subprocess.run(command, cwd=folder, check=True, env={**nobodys(), **settings})


def test_nothing_released_was_changed() -> None:
    """Schemas and samples are those of every release; before the first there is nothing to keep."""
    assert list(unkept(ROOT)) == []


def test_what_is_added_after_a_release_breaks_nothing(repository: Path) -> None:
    """A new type is a new file beside the old ones."""
    (repository / SCHEMA.with_name("thing.moved.v2.json")).write_text("{}")
    assert list(unkept(repository)) == []


def test_a_change_after_a_release_is_seen(repository: Path) -> None:
    """One byte changed in a schema and a sample deleted are both found, with what to do."""
    (repository / SCHEMA).write_text('{"é": 2}\r\n', "utf-8")
    (repository / SAMPLE).unlink()
    found = list(unkept(repository))
    assert [each.split()[0] for each in found] == [str(SAMPLE), str(SCHEMA)]
    assert all(each.endswith("make a new type") for each in found)


def test_without_a_repository_there_is_nothing_to_keep(tmp_path: Path) -> None:
    """A copy of the sources without their history is tested like any other."""
    assert list(unkept(tmp_path)) == []
