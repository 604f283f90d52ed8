"""What is true of a district's rulebook: none yet, or one in force."""

from dataclasses import dataclass

from services.councils.domain.rulebook.events import RulebookActivated
from shared.kernel.recorded import Recorded


@dataclass(frozen=True, slots=True)
class NoRulebook:
    """Nothing is in force yet."""


@dataclass(frozen=True, slots=True)
class RulebookInForce:
    """A rulebook is in force, known by its manifest hash."""

    manifest: str


def evolve(
    _before: NoRulebook | RulebookInForce, fact: Recorded[RulebookActivated]
) -> RulebookInForce:
    """Let the rulebook just activated be the one in force."""
    return RulebookInForce(fact.event.manifest)
