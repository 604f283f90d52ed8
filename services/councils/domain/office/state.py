"""What is true of an office as far as one person goes: held, or not."""

from dataclasses import dataclass

from services.councils.domain.office.events import OfficeEvent, OfficeGranted
from shared.kernel.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Vacant:
    """The person does not hold it."""


@dataclass(frozen=True, slots=True)
class Held:
    """The person holds it."""


def evolve(_before: Vacant | Held, fact: Recorded[OfficeEvent]) -> Vacant | Held:
    """Follow what was granted and ended."""
    return Held() if isinstance(fact.event, OfficeGranted) else Vacant()
