"""Who takes part in a referral, and which of its facts each of them may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from services.referrals.domain.referral.events import (
    ReferralDrafted,
    ReferralEvent,
    ReferralSent,
)
from services.referrals.domain.sharing.events import PartyLetIn
from shared.kernel.ids import AuthorityId, UnitId
from shared.kernel.recorded import Recorded


class Role(StrEnum):
    """What a unit is to a referral."""

    SENDER = "sender"
    HOLDER = "holder"
    LET_IN = "let_in"


@dataclass(frozen=True, slots=True)
class Party:
    """A unit that takes part, since the fact with version ``since``."""

    unit: UnitId
    authority: AuthorityId
    role: Role
    since: int


def joining(fact: Recorded[ReferralEvent]) -> tuple[Party, ...]:
    """Give the parties that a fact brings in."""
    match fact.event:
        case ReferralDrafted(by=by):
            return (Party(by.value, fact.authority, Role.SENDER, fact.version),)
        case ReferralSent(has_account=True, addressee=unit, addressee_authority=authority) if (
            unit and authority
        ):
            return (Party(unit.value, authority.value, Role.HOLDER, fact.version),)
        case PartyLetIn(party=unit, party_authority=authority):
            return (Party(unit.value, authority.value, Role.LET_IN, fact.version),)
        case _:
            return ()


def audience(parties: Iterable[Party], fact: Recorded[ReferralEvent]) -> frozenset[UnitId]:
    """Give the units that may see a fact, of those who are parties before and by it.

    How a unit divides its work, its own case numbers and the checks it makes are its own affair.
    """
    match fact.event.within:
        case "unit":
            return frozenset({fact.event.by.value})
        case "authority":
            return frozenset(p.unit for p in parties if p.authority == fact.authority)
        case _:
            return frozenset(party.unit for party in (*parties, *joining(fact)))
