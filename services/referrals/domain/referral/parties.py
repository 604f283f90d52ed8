"""Who takes part in a referral, which of its facts each may see, and whose view a fact closes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from services.referrals.domain.referral.events import (
    ReferralDrafted,
    ReferralEnteredInError,
    ReferralEvent,
    ReferralSent,
    ReferralWithdrawn,
)
from services.referrals.domain.sharing.events import (
    ConsentWithdrawn,
    PartyLeft,
    PartyLetIn,
    ReferralTakenOver,
)
from services.referrals.domain.sharing.state import Closed
from shared.kernel.ids import AuthorityId, BasisId, UnitId
from shared.kernel.recorded import Recorded

NOBODY: frozenset[UnitId] = frozenset()


class Role(StrEnum):
    """What a unit is to a referral."""

    SENDER = "sender"
    HOLDER = "holder"
    LET_IN = "let_in"


@dataclass(frozen=True, slots=True)
class Party:
    """A unit that takes part, since the fact with version ``since``.

    ``basis`` is what its being a party rests on, ``sees`` from when on it reads the talk. A
    ``counterpart`` acts for the other side (da: modpart).
    """

    unit: UnitId
    authority: AuthorityId
    role: Role
    since: int
    basis: BasisId | None = None
    sees: Literal["joining", "start"] = "joining"
    counterpart: bool = False


def joining(fact: Recorded[ReferralEvent]) -> tuple[Party, ...]:
    """Give the parties that a fact brings in."""
    match fact.event:
        case ReferralDrafted(by=by):
            return (Party(by.value, fact.authority, Role.SENDER, fact.version),)
        case ReferralSent(has_account=True, addressee=unit, addressee_authority=authority) if (
            unit and authority
        ):
            basis = fact.event.basis.value
            return (Party(unit.value, authority.value, Role.HOLDER, fact.version, basis),)
        case PartyLetIn(party=unit, party_authority=authority, basis=rests_on):
            return (
                Party(
                    unit=unit.value,
                    authority=authority.value,
                    role=Role.LET_IN,
                    since=fact.version,
                    basis=rests_on.value,
                    sees=fact.event.sees.value,
                    counterpart=fact.event.counterpart.value,
                ),
            )
        case _:
            return ()


def audience(
    parties: Iterable[Party], fact: Recorded[ReferralEvent], gone: Collection[UnitId] = NOBODY
) -> frozenset[UnitId]:
    """Give the units that may see a fact, of those who are parties before and by it.

    How a unit divides its work, its own case numbers and the checks it makes are its own affair.
    Units that are ``gone`` hear of nothing but what they do themselves; a fact that closes a view
    is the last that its party hears of.
    """
    by = fact.event.by.value
    match fact.event.within:
        case "unit":
            return frozenset({by})
        case "authority":
            seers = {p.unit for p in parties if p.authority == fact.authority}
        case _:
            seers = {party.unit for party in (*parties, *joining(fact))}
    return frozenset(unit for unit in seers if unit == by or unit not in gone)


def guarded(parties: Iterable[Party], fact: Recorded[ReferralEvent]) -> frozenset[UnitId]:
    """Give the units whose lines a fact keeps safe, whether they hear of it or not."""
    if not fact.event.keeps_safe:
        return NOBODY
    everybody = fact.event.within == "parties"
    return frozenset(p.unit for p in parties if everybody or p.authority == fact.authority)


def closes(parties: Iterable[Party], fact: Recorded[ReferralEvent]) -> Mapping[UnitId, Closed]:
    """Give the units whose shared view a fact closes, and why; one that has closed stays so."""
    match fact.event:
        case ReferralWithdrawn():
            return {party.unit: "withdrawn" for party in parties}
        case ReferralEnteredInError():
            return {party.unit: "entered_in_error" for party in parties}
        case ConsentWithdrawn(ends=ends):
            return dict.fromkeys(ends.value, "consent_withdrawn")
        case PartyLeft(by=by):
            return {by.value: "left"}
        case ReferralTakenOver(by=by):
            return {party.unit: "taken_over" for party in parties if party.unit != by.value}
        case _:
            return {}
