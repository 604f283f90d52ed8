"""Who may ask anything of a referral at all."""

from services.referrals.domain.referral.commands import DraftReferral, ReferralCommand
from services.referrals.domain.referral.state import NotBegun, Referral
from shared.kernel.asking import Acting, Asked
from shared.kernel.refusals import DoesNotExist, OutOfDate


def guard(acting: Acting, asked: Asked, command: ReferralCommand, referral: Referral) -> None:
    """Refuse who is no party: for them there is nothing here, whatever it is they ask for.

    A party that names the version it saw is refused when more has happened that it may see.
    """
    if isinstance(referral, NotBegun):
        if not isinstance(command, DraftReferral):
            raise DoesNotExist
        return
    if referral.role_of(acting.unit) is None:
        raise DoesNotExist
    seen = referral.seen.get(acting.unit, 0)
    if asked.if_match is not None and seen not in asked.if_match:
        raise OutOfDate
