"""How information leaves § 115: on a basis of its own, for a reason, with a second person (§8)."""

from datetime import timedelta
from uuid import UUID

from services.referrals.domain.referral.state import Begun
from services.referrals.domain.safeguards.commands import (
    ApproveLeaving,
    AskLeaving,
    RefuseLeaving,
)
from services.referrals.domain.safeguards.events import (
    LeavingApproved,
    LeavingAsked,
    LeavingRefused,
)
from services.referrals.domain.safeguards.refusals import (
    AlreadyAnswered,
    NoBasisToLeave,
    NotUnderSection115,
    UnknownLeaving,
)
from shared.kernel.commands import Command
from shared.kernel.personal import Hidden, Personal
from shared.rulebook.slices import Rules


def leaving_asked(command: AskLeaving, referral: Begun, rules: Rules) -> tuple[LeavingAsked]:
    """Ask that something leave § 115; where life is at stake it leaves and is approved after.

    Raises ``NotUnderSection115`` and ``NoBasisToLeave``.
    """
    rests_on = {referral.basis, *(party.basis for party in referral.parties)}
    if not any(basis and rules.section_115(basis) for basis in rests_on):
        raise NotUnderSection115
    if rules.leaving_basis(command.basis) is None:
        raise NoBasisToLeave
    due = command.at + timedelta(hours=rules.approval_hours)
    return (
        LeavingAsked(
            by=Hidden(command.unit),
            basis=Hidden(command.basis),
            receiver=Personal(command.receiver),
            what=Personal(command.what),
            reason=Personal(command.reason),
            life_at_stake=Hidden(command.life_at_stake),
            approval_due=Hidden(due) if command.life_at_stake else None,
        ),
    )


def leaving_approved(
    command: ApproveLeaving, referral: Begun, rules: Rules
) -> tuple[LeavingApproved]:
    """Approve it, also when that comes late. Raises ``UnknownLeaving`` and ``AlreadyAnswered``."""
    _ensure_unanswered(command.leaving, command, referral, rules)
    return (LeavingApproved(by=Hidden(command.unit), leaving=command.leaving),)


def leaving_refused(command: RefuseLeaving, referral: Begun, rules: Rules) -> tuple[LeavingRefused]:
    """Do not approve it. Raises ``UnknownLeaving`` and ``AlreadyAnswered``."""
    _ensure_unanswered(command.leaving, command, referral, rules)
    by, reason = Hidden(command.unit), Personal(command.reason)
    return (LeavingRefused(by=by, leaving=command.leaving, reason=reason),)


def _ensure_unanswered(leaving_id: UUID, command: Command, referral: Begun, rules: Rules) -> None:
    """What another authority has asked for itself is not known here."""
    leaving = referral.safeguards.leavings.get(leaving_id)
    authority = rules.authority_of(command.unit)
    if leaving is None or authority is None or leaving.authority != authority.id:
        raise UnknownLeaving
    if leaving.answer is not None:
        raise AlreadyAnswered
