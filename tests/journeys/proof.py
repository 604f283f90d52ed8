"""Proving the history with ``kredslob audit verify``, and finding one byte that was changed."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from shared.platform.copying import copy_all
from shared.platform.supervising import ROOT, Platform
from tests.journeys.world import StoryFailed

Say = Callable[[str], None]


def prove(platform: Platform, say: Say) -> None:
    """Verify the running platform, then a copy of it in which one byte of one fact was changed."""
    whole = verified(platform.var)
    if whole.returncode:
        raise StoryFailed(f"audit verify: {whole.stdout}")
    say(whole.stdout.strip().splitlines()[-1])
    copy = platform.var / "copy"
    copy_all(platform.var, copy)
    shutil.copy2(platform.var / "audit/ledger.pub", copy / "audit/ledger.pub")
    position = change_one_byte(copy / "referrals/events.db")
    changed = verified(copy)
    if changed.returncode != 1 or str(position) not in changed.stdout:
        raise StoryFailed(f"a changed byte at {position} was not found: {changed.stdout}")
    say(changed.stdout.strip().splitlines()[0])
    shutil.rmtree(copy)


def verified(var: Path) -> subprocess.CompletedProcess[str]:
    """Run ``kredslob audit verify`` on a folder."""
    command = [sys.executable, "-m", "services.audit", "verify", "--var", str(var)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def change_one_byte(store: Path) -> int:
    """Change one byte of the third fact of a store behind its back, and give its position."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        position, data = connection.execute(
            "SELECT position, data FROM facts ORDER BY position LIMIT 1 OFFSET 2"
        ).fetchone()
        changed = bytes([data[0] ^ 1]) + bytes(data[1:])
        connection.execute("UPDATE facts SET data = ? WHERE position = ?", (changed, position))
    return int(position)
