"""How sharing has ended in the tests of referrals: the facts, written by hand."""

from uuid import UUID

from services.referrals.domain.sharing.events import (
    ConsentWithdrawn,
    PartyLeft,
    ReferralTakenOver,
)
from shared.kernel.ids import UnitId
from shared.kernel.personal import Hidden, Personal
from tests.referrals import keeping
from tests.referrals import people as who
from tests.referrals.ways import Way

TAKEOVER = "overdraget_til_politiet"
"""The outcome of the infohus by which the police take a case out of what is shared (law §5)."""


def taken_over(way: Way) -> ReferralTakenOver:
    """Give: who held it took it out of what is shared."""
    return ReferralTakenOver(by=Hidden(way.taker), outcome=Hidden(TAKEOVER))


def left(way: Way, by: UnitId | None = None) -> PartyLeft:
    """Give: who was let in takes part no longer."""
    unit = by or way.further
    return PartyLeft(by=Hidden(unit), reason=Personal(keeping.leave(unit).reason))


def taken_back(consent: UUID, *ends: UnitId, by: UnitId) -> ConsentWithdrawn:
    """Give: a consent was taken back, today, and whose view it closed."""
    day = Hidden(who.TODAY)
    return ConsentWithdrawn(by=Hidden(by), consent=consent, withdrawn_on=day, ends=Hidden(ends))
