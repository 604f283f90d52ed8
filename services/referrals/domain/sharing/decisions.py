"""What follows when a consent is taken back, a unit leaves, or a referral is taken over."""

from services.referrals.domain.referral.commands import CloseReferral
from services.referrals.domain.referral.parties import Party, Role
from services.referrals.domain.referral.state import Begun
from services.referrals.domain.sharing.commands import LeaveReferral, WithdrawConsent
from services.referrals.domain.sharing.events import (
    ConsentWithdrawn,
    PartyLeft,
    ReferralTakenOver,
)
from services.referrals.domain.sharing.refusals import (
    ConsentGone,
    UnknownConsent,
    WithdrawnInFuture,
)
from services.referrals.domain.sharing.state import Consent, names
from shared.kernel.ids import UnitId
from shared.kernel.personal import Hidden, Personal
from shared.rulebook.slices import Rules


def consent_withdrawn(
    command: WithdrawConsent, referral: Begun, rules: Rules
) -> tuple[ConsentWithdrawn]:
    """Take a consent back, once; whose taking part rested on it, takes part no longer (law §2)."""
    consent = next((each for each in referral.consents if each.event == command.consent), None)
    if consent is None:
        raise UnknownConsent
    if not consent.stands:
        raise ConsentGone
    if not consent.given_on <= command.withdrawn_on <= rules.on:
        raise WithdrawnInFuture
    return (
        ConsentWithdrawn(
            by=Hidden(command.unit),
            consent=command.consent,
            withdrawn_on=Hidden(command.withdrawn_on),
            note=Personal(command.note) if command.note else None,
            ends=Hidden(_ends(consent, referral, rules)),
        ),
    )


def _ends(consent: Consent, referral: Begun, rules: Rules) -> tuple[UnitId, ...]:
    """Give whose view closes: everybody's, where who holds it may hold it no longer."""
    left = [each for each in referral.consents if each != consent]
    open_to = [party for party in referral.parties if party.unit not in referral.closings]
    ended = [p for p in open_to if _rests_on_consent(p, rules) and not names(left, p.authority)]
    if any(party.role is Role.HOLDER for party in ended):
        ended = open_to
    return tuple(party.unit for party in ended)


def _rests_on_consent(party: Party, rules: Rules) -> bool:
    """Say whether it may: of a basis that the newest rules no longer know, nobody can say no."""
    requires = {basis.id: basis.requires for basis in rules.programme.bases}
    return party.basis is not None and requires.get(party.basis, "consent") == "consent"


def left(command: LeaveReferral, _referral: Begun, _rules: Rules) -> tuple[PartyLeft]:
    """Take part no longer."""
    return (PartyLeft(by=Hidden(command.unit), reason=Personal(command.reason)),)


def taken_over(command: CloseReferral) -> tuple[ReferralTakenOver]:
    """Take it out of what is shared; others are told that, and nothing more (law §5)."""
    note = Personal(command.note) if command.note else None
    return (ReferralTakenOver(by=Hidden(command.unit), outcome=Hidden(command.outcome), note=note),)
