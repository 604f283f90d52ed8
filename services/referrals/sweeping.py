"""Whenever a key was given for a fact that never came, the key is taken away again.

Keys are written before the fact that gives them, so a request that lost a race, was refused by the
store or was cut off between the two leaves some behind. Those of a let-in open what was written
before it: until they are swept, only the doors keep out an authority that was never let in.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from services.referrals.revoking import Revoking
from shared.eventstore.port import EventStore, StoreProblem
from shared.messaging.patience import Interrupted, unless
from shared.vault.problems import VaultProblem
from shared.vault.vault import Vault

_log = structlog.get_logger()


@dataclass
class Sweeping:
    """Sweeps the vault after every ``every`` seconds; what is missing twice is removed.

    The first sweep waits as long as the others, so that two are never close, not even around a
    restart. The platform's clock, which can be moved, has no part in this.
    """

    vault: Vault
    store: EventStore
    every: float
    revoking: Revoking | None = None
    """Looks again at the cases of wraps that have come since: their view may have closed."""
    _came: set[UUID] = field(default_factory=set, init=False)

    async def run(self, stopping: asyncio.Event) -> None:
        """Sweep until *stopping* is set; what fails is tried again the next time."""
        with suppress(Interrupted):
            while not stopping.is_set():
                await unless(stopping, asyncio.sleep(self.every))
                try:
                    await self.sweep()
                except (StoreProblem, VaultProblem) as problem:
                    _log.warning("not swept", policy="sweeping", error=type(problem).__name__)

    async def sweep(self) -> int:
        """Sweep once, and give how many keys and cases were removed."""
        removed = await self.vault.sweep(came_in=self._came_in, began=self._began)
        came, self._came = self._came, set()
        return removed + (await self.revoking.again(came) if self.revoking else 0)

    async def _came_in(self, case: UUID, cause: UUID) -> bool:
        facts = await self.store.read_stream(f"referral-{case}")
        came = any(fact.id == cause for fact in facts)
        if came:
            self._came.add(case)
        return came

    async def _began(self, case: UUID) -> bool:
        return bool(await self.store.read_stream(f"referral-{case}"))
