"""What is true of sharing: which consents stand, and for whom the shared view has closed.

Nothing here is taken back: a view that has closed stays so, and who is needed again is asked in a
new referral.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

from services.referrals.domain.stage import Stage
from shared.kernel.ids import AuthorityId, UnitId

Closed: TypeAlias = Literal[
    "withdrawn", "consent_withdrawn", "taken_over", "left", "entered_in_error"
]
"""Why a view closed: trukket tilbage, samtykke tilbagekaldt, overdraget, udtrådt, fejloprettet."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A party's shared view has closed: why, when, by which fact, at which stage it knew it to be.

    What others wrote is gone for that party. What its authority wrote itself, and for who had
    accepted it the concern as accepted, stays its record (architecture §2).
    """

    kind: Closed
    at: datetime
    version: int
    stage: Stage

    @property
    def is_final(self) -> bool:
        """Whether nothing more is told to the party; what was withdrawn may still be corrected."""
        return self.kind not in {"withdrawn", "entered_in_error"}


def gone(closings: Mapping[UnitId, Closing]) -> frozenset[UnitId]:
    """Give the units that hear no more and have no say."""
    return frozenset(unit for unit, closing in closings.items() if closing.is_final)


@dataclass(frozen=True, slots=True)
class Consent:
    """What was consented to, as far as deciding needs it. ``event`` is the fact that recorded it.

    ``stands`` until it is taken back.
    """

    event: UUID
    receivers: tuple[AuthorityId, ...]
    form: str
    given_on: date
    stands: bool = True


def names(consents: Iterable[Consent], receiver: AuthorityId | None) -> bool:
    """Say whether a consent that stands names this authority."""
    return any(consent.stands and receiver in consent.receivers for consent in consents)
