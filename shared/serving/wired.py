"""What the wiring of every service holds: its ground, and who may do what."""

from dataclasses import dataclass

from shared.access.directory import Directory
from shared.access.rulebooks import Rulebooks
from shared.api.health import Finding, State
from shared.api.tokens import PositionTokens
from shared.kernel.clock import Clock
from shared.projections.views import Views
from shared.reads.log import ReadLog
from shared.serving.ground import Ground
from shared.serving.showing import Shown


@dataclass(frozen=True)
class Wired:
    """What doors of any service may ask for, by name."""

    ground: Ground
    directory: Directory
    rulebooks: Rulebooks

    @property
    def clock(self) -> Clock:
        """The one clock."""
        return self.ground.clock

    @property
    def views(self) -> Views:
        """The read models."""
        return self.ground.views

    @property
    def runner(self) -> Shown:
        """What knows how far the read models are."""
        return self.ground.runner

    @property
    def positions(self) -> PositionTokens:
        """What seals positions for the outside."""
        return self.ground.positions

    @property
    def reads(self) -> ReadLog:
        """What notes each read before its answer leaves."""
        return self.ground.noting.log

    @property
    def actor_key(self) -> bytes:
        """The key under which persons become codes."""
        return self.ground.keys.actor

    @property
    def request_key(self) -> bytes:
        """The key under which requests are told apart."""
        return self.ground.keys.derive("request-mac")

    async def has_rules(self) -> Finding:
        """Say whether a rulebook is in force: without one every door answers to try again."""
        async with self.views.reading() as (connection, generation):
            await self.rulebooks.catch_up(connection, generation)
        if self.rulebooks.known:
            return Finding(State.OK)
        return Finding(State.DEGRADED, "no rulebook in force")
