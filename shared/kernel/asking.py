"""Who asks, and what the request itself is: what a guard may look at."""

from dataclasses import dataclass
from uuid import UUID

from shared.kernel.ids import ActorId, AuthorityId, UnitId


@dataclass(frozen=True, slots=True)
class Acting:
    """Who asks: the person as a code, for one unit of one authority, under that authority's law.

    ``office`` is the one acted in. ``in_case`` is the code that the same person has within what is
    asked about, where its existence is secret.
    """

    actor: ActorId
    authority: AuthorityId
    regime: str
    unit: UnitId
    office: str = ""
    in_case: ActorId | None = None

    @property
    def codes(self) -> frozenset[ActorId]:
        """Every code by which this person may stand in what is asked about."""
        return frozenset({self.actor, self.in_case or self.actor})


@dataclass(frozen=True, slots=True)
class Asked:
    """The request: its id, its fingerprint, what it follows from, the view it is based on.

    ``if_match`` holds the counts of facts under which it shall count; None means any.
    """

    command_id: UUID
    request_mac: str
    correlation_id: str
    causation_id: str
    traceparent: str
    if_match: frozenset[int] | None = None
