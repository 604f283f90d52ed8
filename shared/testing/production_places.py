"""What each process of the production wiring is given: a folder with no more than it needs.

``VAR/places/PROGRAM`` is what a container would have mounted. Only the clock is shared by a link:
tests move it. The first copy of every key, and what devlogin keeps, stays with the operator in VAR.
"""

import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.platform.layout import LOGIN
from shared.testing.certificates import MadeUpAuthority
from shared.vault.provider import FileKeys

API = ("referrals-api-1", "referrals-api-2")
WORKER, STANDBY = "referrals-work", "referrals-work-2"
ALL = ("councils", "audit")
"""Services that are one process each."""
MACHINES = ("referrals", "audit")
"""Those that sign in themselves, to ask councils."""


@dataclass(frozen=True)
class Place:
    """The folder of one process of *service*."""

    folder: Path
    service: str

    @property
    def secrets(self) -> Path:
        """Where each file says one secret setting, for ``KREDSLOB_SECRETS``."""
        return self.folder / "secrets"

    @property
    def tls(self) -> Mapping[str, str]:
        """The settings that name the files for the vault's door."""
        names = {"CA": "ca.pem", "CERT": "own.pem", "KEY": "own.key"}
        return {f"TLS_{name}": str(self.folder / "tls" / file) for name, file in names.items()}


def place_of(var: Path, program: str) -> Path:
    """Give the folder of *program* in the town of *var*."""
    return var / "places" / program


def furnish(var: Path, passwords: Mapping[str, str]) -> Mapping[str, Place]:
    """Make or renew the place of each process, and give them by program.

    *passwords* are those of each service on the bus.
    """
    belongs = {**dict.fromkeys((*API, WORKER), "referrals"), **{each: each for each in ALL}}
    places = {name: Place(place_of(var, name), service) for name, service in belongs.items()}
    for name, place in places.items():
        told = {"kredslob_bus_password": passwords[place.service]}
        if place.service in MACHINES:
            told["kredslob_client_secret"] = _client_secret(var, place.service)
        _furnish(var, place, told)
        if name == WORKER:
            _give_key(var, place, "referrals/wrapping.key")
    _certify(var, places)
    return {**places, STANDBY: places[WORKER]}  # the vault is one volume, whoever has it just now


def _furnish(var: Path, place: Place, told: Mapping[str, str]) -> None:
    for name in ("keys/platform.key", f"{place.service}/own.key"):
        _give_key(var, place, name)
    clock = place.folder / "clock"
    if not clock.is_symlink():
        clock.symlink_to(var / "clock")
    for name, value in told.items():
        _keep(place.secrets / name, value)


def _give_key(var: Path, place: Place, name: str) -> None:
    FileKeys(var / name)
    _folder((place.folder / name).parent)
    shutil.copy2(var / name, place.folder / name)


def _certify(var: Path, places: Mapping[str, Place]) -> None:
    """Give the worker what serves at the vault's door, and each replica what may ask there."""
    offline = var / "offline"
    if offline.exists():
        return
    authority = MadeUpAuthority.made(offline)
    for name in (*API, WORKER):
        made = authority.server(name) if name == WORKER else authority.client(name)
        tls = _folder(places[name].folder / "tls")
        for source, target in ((made.ca, "ca.pem"), (made.cert, "own.pem"), (made.key, "own.key")):
            shutil.copy2(source, tls / target)


def _client_secret(var: Path, service: str) -> str:
    """Give the secret that devlogin will know this service by, made before it starts."""
    file = var / LOGIN / f"kredslob-{service}.secret"
    if not file.exists():
        _keep(file, secrets.token_urlsafe(32))
    return file.read_text()


def _keep(file: Path, text: str) -> None:
    _folder(file.parent)
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as open_file:
        open_file.write(text)
    new.replace(file)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
