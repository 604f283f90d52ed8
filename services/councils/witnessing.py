"""Keeping the signed heads of the audit's log where the audit cannot reach them.

Councils are a witness: what the audit once signed stays here, so that a log that was rewritten
since does not match.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.api.health import Finding, State
from shared.eventstore.port import Stored
from shared.transparency.keeping import HeadKeeper
from shared.transparency.note import NoteKey


@dataclass
class Witness:
    """A sink for the facts of the audit; it begins when the audit has published its key."""

    file: Path
    published_key: Path
    _keeper: HeadKeeper | None = field(default=None, init=False)

    async def position(self, source: str) -> int:
        """Give the position of the last fact heard. Raises ``OSError`` while there is no key."""
        return await (await self._begun()).position(source)

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Keep the heads among *facts*."""
        await (await self._begun()).apply(source, facts)

    async def check(self) -> Finding:
        """Find heads that something is wrong with: any at all is an incident."""
        if self._keeper is None:
            return Finding(State.DEGRADED, "no key of the audit yet")
        alarms = await asyncio.to_thread(self._keeper.alarms)
        if alarms:
            return Finding(State.DEGRADED, f"{len(alarms)} bad heads, first {alarms[0].alarm}")
        return Finding(State.OK)

    async def _begun(self) -> HeadKeeper:
        if self._keeper is None:
            key = NoteKey.read(await asyncio.to_thread(self.published_key.read_text))
            self._keeper = await asyncio.to_thread(HeadKeeper, self.file, key)
        return self._keeper
