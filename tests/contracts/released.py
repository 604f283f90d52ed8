"""Which files of the contracts are no longer what a release has promised."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

FROZEN = ("shared/contracts/schemas", "shared/contracts/samples")


def unkept(repository: Path) -> Iterator[str]:
    """Give each file of a release, tagged ``v…``, that was changed or deleted since."""
    for tag in _git(repository, "tag", "--list", "v[0-9]*").split():
        listed = _git(repository, "ls-tree", "-r", "-z", "--name-only", tag, "--", *FROZEN)
        for name in filter(None, listed.split("\0")):
            now = repository / name
            then = _git(repository, "show", f"{tag}:{name}")
            if not now.exists() or now.read_bytes().decode() != then:
                yield f"{name} is not what {tag} promised: put it back, and make a new type"


def _git(repository: Path, *arguments: str) -> str:
    """Give what git says; nothing in a folder that it does not keep."""
    command = ["git", *arguments]
    asked = subprocess.run(command, cwd=repository, env=nobodys(), capture_output=True, check=False)
    return asked.stdout.decode()


def nobodys() -> dict[str, str]:
    """Give the environment without what a git hook leaves in it: it names another repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
