"""Proving the history with ``kredslob audit verify``, and finding one byte that was changed."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from shared.cli.clock import move
from shared.platform.supervising import ROOT, Platform
from shared.testing.production import ProductionTown
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.keeping import kept_heads
from shared.transparency.note import NoteKey
from tests.journeys.kept import ledger, place, taken_along
from tests.journeys.world import StoryFailed, World

Verdict: TypeAlias = subprocess.CompletedProcess[str]


async def proved(world: World) -> None:
    """Verify the running platform, then a copy of it in which one byte of one fact was changed."""
    platform = world.platform
    move(platform.var, timedelta(seconds=61))
    await world.eventually("councils keeps a head over the whole log", lambda: _kept(platform))
    whole = await verified(platform)
    if whole.returncode:
        raise StoryFailed(f"audit verify: {whole.stdout}")
    world.say(whole.stdout.strip().splitlines()[-1])
    copy = platform.var / "copy"
    await taken_along(platform, copy)
    position = change_one_byte(copy / "referrals/events.db")
    changed = await asyncio.to_thread(_verify, copy)
    blamed = changed.stdout.strip().splitlines()[:1]
    if changed.returncode != 1 or not blamed or "eget lager" not in blamed[0]:
        raise StoryFailed(f"a changed byte at {position} was not found: {changed.stdout}")
    if not blamed[0].endswith(f"position {position}"):
        raise StoryFailed(f"{blamed[0]}, and not at {position}")
    world.say(blamed[0])
    shutil.rmtree(copy)


async def _kept(platform: Platform) -> bool:
    """Say whether another service keeps a signed head over every entry that there is."""
    key = NoteKey.read((place(platform, "audit") / "ledger.pub").read_text())
    heads = kept_heads(place(platform, "councils") / "heads.db")
    sizes = [Checkpoint.verified(head.note, key).size for head in heads]
    return max(sizes, default=0) >= ledger(platform).size()


async def verified(platform: Platform) -> Verdict:
    """Run ``kredslob audit verify`` on a platform, on a copy where its stores are no files."""
    if not isinstance(platform, ProductionTown):
        return await asyncio.to_thread(_verify, platform.var)
    copy = platform.var / "verified"
    await taken_along(platform, copy)
    verdict = await asyncio.to_thread(_verify, copy)
    shutil.rmtree(copy)
    return verdict


def _verify(folder: Path) -> Verdict:
    command = [sys.executable, "-m", "services.audit", "verify", "--var", str(folder)]
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
