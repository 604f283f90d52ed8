"""How what parties share begins and ends: further parties, consents taken back, takeovers."""

from datetime import date
from typing import Literal
from uuid import UUID

from services.referrals.domain.fact import ReferralFact
from shared.kernel.ids import AuthorityId, BasisId, UnitId
from shared.kernel.personal import Hidden, Personal


class PartyLetIn(ReferralFact):
    """The unit that holds it makes a further unit a party, on a basis of its own.

    ``sees``: what the party may read of the time before: the concern alone, or the talk as well.
    ``counterpart``: it acts for the other side, which never learns an address (modpart).

    (da: Part inddraget)
    """

    type: Literal["referral.party-let-in.v2"] = "referral.party-let-in.v2"
    party: Hidden[UnitId]
    party_authority: Hidden[AuthorityId]
    basis: Hidden[BasisId]
    reason: Personal[str]
    categories: Hidden[tuple[str, ...]]
    sees: Hidden[Literal["joining", "start"]]
    counterpart: Hidden[bool]


class ConsentWithdrawn(ReferralFact):
    """The person has taken a consent back; whose sharing rested on it, ends.

    ``consent`` is the fact that recorded it. ``ends`` are the units whose shared view closes.

    (da: Samtykke tilbagekaldt)
    """

    type: Literal["referral.consent-withdrawn.v1"] = "referral.consent-withdrawn.v1"
    consent: UUID
    withdrawn_on: Hidden[date]
    note: Personal[str] | None = None
    ends: Hidden[tuple[UnitId, ...]]


class PartyLeft(ReferralFact):
    """A unit that was let in takes part no longer. (da: Part udtrådt)"""

    type: Literal["referral.party-left.v1"] = "referral.party-left.v1"
    reason: Personal[str]


class ReferralTakenOver(ReferralFact):
    """Who holds it takes it out of what is shared, with an outcome that the programme marks so.

    Everybody else is told that it is over, and nothing more (law on infohuse).

    (da: Henvisning overdraget)
    """

    type: Literal["referral.taken-over.v1"] = "referral.taken-over.v1"
    outcome: Hidden[str]
    note: Personal[str] | None = None
