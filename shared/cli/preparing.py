"""Making what a first start in containers needs, once."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.kernel.clock import SystemClock
from shared.platform.first_start import PLACES, FirstStart, Target
from shared.platform.layout import LOGIN

FOR_TRYING = "http://devlogin:8400"
"""The development login, as containers find it: anybody can be anybody there."""
IMAGE_USER = 10001
"""Who the image runs as where nobody says otherwise: nobody on the machine itself."""
DATA = ("esdb", "nats", "postgres", "referrals", "councils", "audit", LOGIN)
_console = Console(soft_wrap=True, highlight=False)


class AlreadyThere(Exception):
    """Nothing is written over what is there: it may be in use."""


def prepare(
    folder: Annotated[Path, typer.Argument(help="Where it is written; such as var/production.")],
    target: Annotated[Target, typer.Option("--for", help="Where it is to run.")] = Target.COMPOSE,
    issuer: Annotated[
        str, typer.Option(help="Who signs people in: your OpenID Connect provider.")
    ] = FOR_TRYING,
    district: Annotated[str, typer.Option(help="Whose log the audit keeps.")] = "oestjylland",
) -> None:
    """Make certificates, keys, passwords and empty data folders for a first start in containers.

    Everything is new, and for the eyes of its owner alone. Nothing is written over: a second run
    in the same folder is refused. Keep a copy of keys that nobody else has: without them what was
    stored cannot be opened. The keys in the folder `offline` belong on no machine that runs.
    Example: kredslob prepare var/production --issuer https://login.example.dk
    """
    folder, owner = folder.resolve(), _owner()
    try:
        _refuse_used(folder)
    except AlreadyThere as there:
        _console.print(f"Ligger der allerede (is there already): {there}", style="red")
        raise typer.Exit(1) from None
    _console.print("Laver nøgler og certifikater (making keys and certificates) …")
    start = FirstStart(PLACES[target], district, SystemClock().now())
    written = dict(_laid_out(folder, start))
    if target is Target.COMPOSE:
        written[folder / "compose.env"] = _told(folder, owner, issuer).encode()
    _write(written, owner)
    if target is Target.COMPOSE:
        _make_data(folder / "data", owner)
    _say(folder, target)


def _refuse_used(folder: Path) -> None:
    for name in ("secrets", "offline", "data", "compose.env"):
        if (folder / name).exists():
            raise AlreadyThere(str(folder / name))


def _owner() -> int:
    """Give the user whom the files are for: who asks, and for root the image's own user."""
    return os.geteuid() or IMAGE_USER


def _told(folder: Path, owner: int, issuer: str) -> str:
    """Give what compose fills in, as the lines of its file."""
    told = {"FOLDER": str(folder), "UID": owner, "GID": _group(owner), "ISSUER": issuer}
    lines = [f"KREDSLOB_{name}={value}" for name, value in told.items()]
    if issuer == FOR_TRYING:
        lines.append("COMPOSE_PROFILES=dev")
        _console.print(
            "Uden --issuer startes udviklingslogin: enhver kan være enhver, så ingen rigtige data "
            "(without it the development login is started: anybody can be anybody, no real data).",
            style="yellow",
        )
    return "\n".join((*lines, ""))


def _group(owner: int) -> int:
    return os.getegid() if os.geteuid() == owner else owner


def _laid_out(folder: Path, start: FirstStart) -> Iterator[tuple[Path, bytes]]:
    for name, content in start.offline.items():
        yield folder / "offline" / name, content
    for program, files in start.secrets.items():
        _console.print(f"  {program}: {', '.join(files)}")
        for name, content in files.items():
            yield folder / "secrets" / program / name, content


def _write(files: Mapping[Path, bytes], owner: int) -> None:
    for path, content in files.items():
        for parent in (path.parent.parent, path.parent):
            _folder(parent, owner)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _give(path, owner)


def _make_data(data: Path, owner: int) -> None:
    for path in (data, *(data / name for name in DATA)):
        _folder(path, owner)


def _folder(path: Path, owner: int) -> None:
    """Make a folder that only *owner* can look into; one that is there stays as it is."""
    if path.exists():
        return
    path.mkdir(parents=True, mode=0o700)
    _give(path, owner)


def _give(path: Path, owner: int) -> None:
    if os.geteuid() != owner:
        os.chown(path, owner, owner)


def _say(folder: Path, target: Target) -> None:
    _console.print(f"Færdig (done): {folder}")
    _console.print(
        f"Flyt {folder / 'offline'} væk fra maskinen (move it off this machine), "
        "og gem en kopi af nøglerne et sikkert sted (and keep a copy of the keys in a safe place)."
    )
    if target is Target.COMPOSE:
        _console.print(
            f"Start: docker compose --env-file {folder / 'compose.env'} up --detach --build --wait"
        )
    else:
        _console.print("Læg hver mappe i secrets ind som en secret (see docs/operations.md).")
