"""Whenever somebody tries at a referral that does not exist for them, its owner is told of it.

It happens after the answer, which was that of an id that never was, and who tried learns nothing.
The read models themselves say what is untold, so nothing needs to be remembered. Nobody waits for
it, so reads are gathered for a moment: each by itself would cost as much again as was read.
"""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from services.referrals.acting import Cause, as_policy
from services.referrals.domain.safeguards.commands import NoticeTry
from services.referrals.projections.tries import Try, untold
from services.referrals.wiring import SERVICE, Wiring
from shared.kernel.refusals import Refusal
from shared.messaging.names import reads_of
from shared.messaging.patience import unless
from shared.projections.runner import Runner
from shared.serving.looking import looking
from shared.vault.problems import VaultProblem

OWN_READS = reads_of(SERVICE)
"""What the service's own read log is called as a source."""
PAUSE = 1.0
"""Seconds for which reads are gathered."""
ENOUGH = 500
"""Facts of one referral after which tries are left to the read log: they must not fill it."""
_log = structlog.get_logger()


@dataclass(frozen=True)
class Noticing:
    """Looks for tries whenever something new stands in the read log."""

    here: Wiring
    tried: Runner
    """What brings the read log to the read models."""
    beyond: set[UUID] = field(default_factory=set)
    """Tries that were refused: they are in the log of reads, and tried once more after a start."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Notice tries until *stopping* is set; what fails is tried again."""
        await looking("noticing", self._look, stopping)

    async def _look(self, stopping: asyncio.Event) -> None:
        reads = self.tried.store
        head = await reads.head()
        await unless(stopping, self.tried.wait_for(head, within=30))
        if not await self._all():
            await unless(stopping, reads.wait(head))

    async def _all(self) -> bool:
        """Tell all there is to be told, and say whether that was anything.

        Those that cannot be told keep nobody's waiting, however many they are.
        """
        done, last = False, None
        while True:
            async with self.here.views.reading() as (connection, generation):
                await self.here.rulebooks.catch_up(connection, generation)
                found = await untold(connection, generation, last, but=self.beyond)
            for each in found.tries:
                done = await self._told(each) or done
            if found.last is None:
                return done
            last = found.last

    async def _told(self, tried: Try) -> bool:
        try:
            return await self._tell(tried)
        except (Refusal, LookupError) as problem:
            self.beyond.add(tried.id)
            _log.warning("not noticed", policy="noticing", error=type(problem).__name__)
        except VaultProblem as problem:
            _log.warning("not noticed yet", policy="noticing", error=type(problem).__name__)
        return False

    async def _tell(self, tried: Try) -> bool:
        facts = await self.here.referrals.facts(tried.stream)
        if len(facts) >= ENOUGH:
            self.beyond.add(tried.id)
            return False
        command = NoticeTry(
            unit=tried.owner.unit,
            at=self.here.clock.now(),
            entry=tried.id,
            kind=tried.kind,
            tried_by=tried.tried_by,
        )
        cause = Cause(tried.id, "noticed")
        await as_policy(self.here, "noticing", command, tried.stream, cause)
        return True
