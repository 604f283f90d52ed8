"""Bringing what the ledger has heard of reads to where it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from services.audit.ledger.tailing import LedgerTail
from services.audit.ledger.writing import Ledger
from shared.api.health import Finding, State
from shared.platform.layout import READS
from shared.projections.runner import Runner
from shared.serving.ground import Ground
from shared.serving.running import Task


@dataclass(frozen=True)
class Retelling:
    """Follows the ledger, one runner a source: so nothing is shown that cannot be proven."""

    runners: Mapping[str, Runner]

    @classmethod
    def of(cls, here: Ground, ledger: Ledger) -> Self:
        """Give what keeps the read models of reads up with *ledger*."""
        tails = {each: LedgerTail(ledger, each) for each in READS}
        return cls({each: Runner(t, here.views, each, here.clock) for each, t in tails.items()})

    def tasks(self) -> Mapping[str, Task]:
        """Give the work that goes on as long as the service runs."""
        return {f"retell {each}": runner.run for each, runner in self.runners.items()}

    async def check(self) -> Finding:
        """Say what keeps reads from being shown, if anything does."""
        troubles = [each.trouble for each in self.runners.values() if each.trouble]
        return Finding(State.DEGRADED, troubles[0]) if troubles else Finding(State.OK)
