"""Proving the history with ``kredslob audit verify``, and finding one byte that was changed."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from services.audit.ledger.reading import LedgerFile
from shared.cli.clock import move
from shared.platform.copying import copy_all
from shared.platform.supervising import ROOT
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.keeping import kept_heads
from shared.transparency.note import NoteKey
from tests.journeys.world import StoryFailed, World


async def proved(world: World) -> None:
    """Verify the running platform, then a copy of it in which one byte of one fact was changed."""
    var = world.platform.var
    move(var, timedelta(seconds=61))
    await world.eventually("councils keeps a head over the whole log", lambda: _kept(var))
    whole = await asyncio.to_thread(verified, var)
    if whole.returncode:
        raise StoryFailed(f"audit verify: {whole.stdout}")
    world.say(whole.stdout.strip().splitlines()[-1])
    copy = var / "copy"
    await asyncio.to_thread(copy_all, var, copy)
    position = change_one_byte(copy / "referrals/events.db")
    changed = await asyncio.to_thread(verified, copy)
    blamed = changed.stdout.strip().splitlines()[:1]
    if changed.returncode != 1 or not blamed or "eget lager" not in blamed[0]:
        raise StoryFailed(f"a changed byte at {position} was not found: {changed.stdout}")
    if not blamed[0].endswith(f"position {position}"):
        raise StoryFailed(f"{blamed[0]}, and not at {position}")
    world.say(blamed[0])
    shutil.rmtree(copy)


async def _kept(var: Path) -> bool:
    """Say whether another service keeps a signed head over every entry that there is."""
    key = NoteKey.read((var / "audit/ledger.pub").read_text())
    sizes = [
        Checkpoint.verified(head.note, key).size for head in kept_heads(var / "councils/heads.db")
    ]
    return max(sizes, default=0) >= LedgerFile(var / "audit/ledger.db").size()


def verified(var: Path) -> subprocess.CompletedProcess[str]:
    """Run ``kredslob audit verify`` on a folder."""
    command = [sys.executable, "-m", "services.audit", "verify", "--var", str(var)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def change_one_byte(store: Path) -> int:
    """Change one byte of the third fact of a store behind its back, and give its position."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in connection.execute(triggers).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        third = "SELECT position, data FROM facts ORDER BY position LIMIT 1 OFFSET 2"
        position, data = connection.execute(third).fetchone()
        changed = bytes([data[0] ^ 1]) + bytes(data[1:])
        connection.execute("UPDATE facts SET data = ? WHERE position = ?", (changed, position))
    return int(position)
