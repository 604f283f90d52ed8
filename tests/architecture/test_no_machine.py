"""Nothing in the repository knows where it was made or which host its packages came from."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture import tree

FOLDER_OF_A_MACHINE = re.compile(r"(?<![\w.~*/-])/(?:root|work|home|Users|opt|private|mnt)/\w")
HOST_OF_A_REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|proxy\.golang\.org|docker\.io|ghcr\.io"
    r"|--(?:find-links|trusted-host|(?:extra-)?index-url)"
)


def machine_named(path: Path, text: str) -> Iterator[str]:
    """Give every line that names a folder of some machine or the host of a registry."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := FOLDER_OF_A_MACHINE.search(line) or HOST_OF_A_REGISTRY.search(line):
            yield f"{path}:{number} names {found[0]}"


def readable() -> Iterator[tuple[Path, str]]:
    """Give every file of the repository that is text."""
    for path in tree.tracked():
        content = (tree.ROOT / path).read_bytes()
        if b"\0" not in content:
            yield path, content.decode("utf-8")


def test_nothing_names_a_machine() -> None:
    """A clone works anywhere: no absolute folder, no registry host, in any file that is kept."""
    tree.keep(each for path, text in readable() for each in machine_named(path, text))


def test_a_machine_named_is_seen() -> None:
    """A folder and a host are found; a path inside the repository or an HTTP route is not."""
    planted = [
        "open('/" + "home/anna/kredslob')",
        "https://pypi" + ".org/simple",
        "GET /referrals/home/a",
        "docs/work/notes",
        "./root/a",
    ]
    assert [each.split()[0] for each in machine_named(Path("a"), "\n".join(planted))] == [
        "a:1",
        "a:2",
    ]
