"""What a copy of the platform consists of, and in which order it is taken.

Each file is copied at one moment by SQLite's own backup, while the platform runs. The order makes
the copies fit: who keeps word of another is copied before it, and the vault after the facts that it
opens. What is newer in one than in the other is heard again, or swept.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from shared.platform.layout import LOGIN
from shared.vault.destroyed import backed_up, beside, restored

DATABASES = (
    "councils/heads.db",
    "audit/events.db",
    "audit/ledger.db",
    "councils/events.db",
    "referrals/events.db",
)
"""Copied in this order. Read models are not: they are made anew from the facts."""
VAULT = "referrals/vault.db"
"""Copied last, with the list of what was destroyed in it."""
FILES = ("clock",)
KEYS = ("keys", LOGIN)


class NotEmpty(Exception):
    """Nothing is written over what is there."""


class NotWhole(Exception):
    """The folder is not a copy that was finished."""


def copy_all(var: Path, to: Path) -> Sequence[str]:
    """Copy the platform in *var* to the new folder *to*, and give the names of what was copied.

    Raises ``NotEmpty``.
    """
    if to.exists():
        raise NotEmpty(f"{to} findes allerede (exists already)")
    to.mkdir(parents=True, mode=0o700)
    done = [name for name in DATABASES if _copy_database(var / name, to / name)]
    if (var / VAULT).exists():
        backed_up(var / VAULT, to / VAULT)
        done.append(VAULT)
    for path in _keys(var):
        target = to / path.relative_to(var)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(path, target)
        done.append(str(path.relative_to(var)))
    (to / "whole").touch()
    return done


def put_back(copy: Path, var: Path) -> None:
    """Bring a copy back into *var*, where nothing may be but a newer list of destroyed keys.

    What either list names stays destroyed. Raises ``NotEmpty`` and ``NotWhole``.
    """
    if not (copy / "whole").exists():
        raise NotWhole(f"{copy} er ikke en hel kopi (is not a whole copy)")
    kept = beside(var / VAULT)
    if var.exists() and any(path.is_file() and path != kept for path in var.rglob("*")):
        raise NotEmpty(f"{var} er ikke tom (is not empty)")
    left_out = shutil.ignore_patterns("whole", Path(VAULT).name, beside(copy / VAULT).name)
    shutil.copytree(copy, var, dirs_exist_ok=True, ignore=left_out)
    restored(copy / VAULT, var / VAULT)


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
    return found + sorted(var.glob("audit/*.pem")) + sorted(var.glob("audit/*.pub"))
