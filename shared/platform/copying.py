"""What a copy of the platform consists of, and in which order it is taken.

Each file is copied at one moment by SQLite's own backup, while the platform runs. The order makes
the copies fit: who keeps word of another is copied before it, and the vault after the facts that it
opens, with the keys that were there before them. What is newer in one than in the other is heard
again, or swept.
"""

import hashlib
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from shared.platform.layout import LOGIN
from shared.vault.destroyed import backing_up, beside, restored

DATABASES = (
    "councils/heads.db",
    "audit/events.db",
    "audit/ledger.db",
    "audit/reads.db",
    "councils/reads.db",
    "referrals/reads.db",
    "councils/events.db",
    "referrals/events.db",
)
"""Copied in this order. Read models are not: they are made anew from the facts; nor is the ballast
beside the logs of reads, which is made anew when a service starts."""
VAULT = "referrals/vault.db"
"""Copied last, with the list of what was destroyed in it."""
FILES = ("clock",)
KEYS = ("keys", LOGIN)


class NotEmpty(Exception):
    """Nothing is written over what is there."""


class NotWhole(Exception):
    """The folder is not a copy that was finished, or something in it is no longer as it was."""


class NothingThere(Exception):
    """The folder holds no platform to copy."""


WHOLE = "whole"
"""Written last: a line for each file of the copy, as ``sha256sum --check`` reads it."""


def copy_all(var: Path, to: Path) -> Sequence[str]:
    """Copy the platform in *var* to the new folder *to*, and give the names of what was copied.

    Raises ``NotEmpty`` and ``NothingThere``.
    """
    if to.exists():
        raise NotEmpty(f"{to} findes allerede (exists already)")
    if not (var / VAULT).exists():
        raise NothingThere(f"{var} er ikke en platform (holds no platform)")
    to.mkdir(parents=True, mode=0o700)
    with backing_up(var / VAULT, to / VAULT):
        done = [name for name in DATABASES if _copy_database(var / name, to / name)]
    done += [VAULT, str(beside(Path(VAULT)))]
    for path in _keys(var):
        target = to / path.relative_to(var)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(path, target)
        done.append(str(path.relative_to(var)))
    (to / WHOLE).write_text("".join(f"{_digest(to / name)}  {name}\n" for name in done))
    return done


def put_back(copy: Path, var: Path) -> None:
    """Bring a copy back into *var*, where nothing may be but a newer list of destroyed keys.

    What either list names stays destroyed. Raises ``NotEmpty`` and ``NotWhole``.
    """
    if not _is_whole(copy):
        raise NotWhole(f"{copy} er ikke en hel kopi (is not a whole copy)")
    kept = beside(var / VAULT)
    if var.exists() and any(path.is_file() and path != kept for path in var.rglob("*")):
        raise NotEmpty(f"{var} er ikke tom (is not empty)")
    left_out = shutil.ignore_patterns(WHOLE, Path(VAULT).name, beside(copy / VAULT).name)
    shutil.copytree(copy, var, dirs_exist_ok=True, ignore=left_out)
    restored(copy / VAULT, var / VAULT)


def _is_whole(copy: Path) -> bool:
    try:
        lines = (copy / WHOLE).read_text().splitlines()
        told = [line.split("  ", 1) for line in lines]
        return bool(told) and all(_digest(copy / name) == digest for digest, name in told)
    except FileNotFoundError:
        return False


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _copy_database(source: Path, target: Path) -> bool:
    if not source.exists():
        return False
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as here,
        closing(sqlite3.connect(target)) as there,
    ):
        here.backup(there)
    target.chmod(0o600)
    return True


def _keys(var: Path) -> list[Path]:
    found = [path for name in KEYS for path in sorted((var / name).glob("*")) if path.is_file()]
    found += [path for path in sorted(var.glob("*/*.key")) if path.is_file()]
    found += [path for name in FILES if (path := var / name).exists()]
    found += [*sorted(var.glob("audit/*.pem")), *sorted(var.glob("audit/*.pub"))]
    return list(dict.fromkeys(found))
