"""The master key in a file: whole, for its owner's eyes alone, and the same for all who start."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from shared.vault.privacy import ROOT, open_to_others
from shared.vault.problems import KeyFileRefused, WrongKeys
from shared.vault.provider import FileKeys

US, SOMEBODY = 10001, 10002
PURPOSES = ("request-mac", "actor", "position-token", "routing")


def test_it_is_made_once_for_its_owner(tmp_path: Path) -> None:
    """A key made at first start is 32 bytes, mode 0600, with nothing left beside it."""
    path = tmp_path / "keys" / "master"
    first, again = FileKeys(path), FileKeys(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_bytes()) == 32
    assert list(path.parent.iterdir()) == [path]
    assert first.derive("actor") == again.derive("actor")


def test_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    """Services of one platform start at once on an empty folder and agree."""
    together = Barrier(12)

    def start(_: int) -> bytes:
        together.wait()
        return FileKeys(tmp_path / "master").derive("actor")

    with ThreadPoolExecutor(12) as pool:
        assert len(set(pool.map(start, range(12)))) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    """A key that others can get at is not used, and the refusal says what to do."""
    path = tmp_path / "master"
    FileKeys(path)
    path.chmod(mode)
    with pytest.raises(KeyFileRefused, match="chmod 600"):
        FileKeys(path)


@pytest.mark.parametrize(
    ("owner", "mode", "is_open"),
    [
        (US, 0o600, False),
        (US, 0o400, False),
        (US, 0o640, True),
        (US, 0o440, True),
        (US, 0o604, True),
        (ROOT, 0o400, False),
        (ROOT, 0o440, False),
        (ROOT, 0o640, False),
        (ROOT, 0o460, True),
        (ROOT, 0o450, True),
        (ROOT, 0o444, True),
        (ROOT, 0o442, True),
        (SOMEBODY, 0o440, True),
    ],
)
def test_a_group_may_read_only_what_is_roots(owner: int, mode: int, *, is_open: bool) -> None:
    """A secret that an orchestrator mounts as root's for our group is private; others never are."""
    assert open_to_others(owner, mode, US) is is_open


@pytest.mark.parametrize("mode", [0o440, 0o640, 0o404])
def test_as_root_a_group_is_others_too(mode: int) -> None:
    """Where the service itself is root, whoever is in root's group is somebody else."""
    assert open_to_others(ROOT, mode, ROOT)


def test_in_production_a_missing_key_is_not_made(tmp_path: Path) -> None:
    """A lost key is missed at start, and nothing is put in its place."""
    path = tmp_path / "keys" / "master"
    with pytest.raises(KeyFileRefused, match=r"backup.*openssl rand 32"):
        FileKeys(path, make=False)
    assert not path.parent.exists()
    made = FileKeys(path)
    assert FileKeys(path, make=False).derive("actor") == made.derive("actor")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder in the place of the key file is refused like any file that is no key."""
    with pytest.raises(KeyFileRefused, match="cannot be read"):
        FileKeys(tmp_path)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_file_of_another_length_is_refused(tmp_path: Path, length: int) -> None:
    """Half a key, or a file that is something else, is not used."""
    path = tmp_path / "master"
    path.write_bytes(b"x" * length)
    path.chmod(0o600)
    with pytest.raises(KeyFileRefused, match="32 bytes"):
        FileKeys(path)


def test_each_purpose_has_its_own_key(tmp_path: Path) -> None:
    """A key for one purpose says nothing about another, nor about the master."""
    keys = FileKeys(tmp_path / "master")
    derived = {keys.derive(purpose) for purpose in PURPOSES}
    assert len(derived) == len(PURPOSES)
    assert {len(key) for key in derived} == {32}
    assert (tmp_path / "master").read_bytes() not in derived


def test_a_wrapped_key_opens_under_its_master_and_context(tmp_path: Path) -> None:
    """A key wrapped for one subject is nothing under another, or another master."""
    keys = FileKeys(tmp_path / "master")
    wrapped = keys.wrap(b"k" * 32, b"one")
    assert keys.unwrap(wrapped, b"one") == b"k" * 32
    for other, context in ((keys, b"two"), (FileKeys(tmp_path / "other"), b"one")):
        with pytest.raises(WrongKeys):
            other.unwrap(wrapped, context)
