"""Which of a unit's people may ask for what: leaders choose staff, and nobody judges themselves."""

from services.referrals.domain.referral.state import Begun
from services.referrals.domain.safeguards import commands as ask
from services.referrals.domain.safeguards.refusals import (
    AlreadyOnTheCase,
    GlassNotForOffice,
    NotAnApprover,
    NotASecondPerson,
    NotForYouToSay,
    NotYourReview,
    NotYourself,
    NotYoursToSeeTo,
)
from services.referrals.domain.safeguards.state import Glass, Safeguards, Try
from shared.kernel.asking import Acting
from shared.kernel.commands import Command
from shared.kernel.refusals import DoesNotExist
from shared.rulebook.slices import Rules

PROTECTION_OFFICER = "dpo"


def ensure_chooses_staff(
    acting: Acting,
    command: ask.NameStaff | ask.ExcludeStaff | ask.ReadmitStaff,
    safeguards: Safeguards,
    rules: Rules,
) -> None:
    """Refuse who does not lead. Who is named may name further ones, and nobody keeps out oneself.

    Raises ``NotForYouToSay`` and ``NotYourself``.
    """
    is_named = safeguards.is_named(acting.unit, acting.codes)
    names = isinstance(command, ask.NameStaff)
    if not rules.leads(acting.office) and not (names and is_named):
        raise NotForYouToSay
    if not names and command.person in acting.codes:
        raise NotYourself


def ensure_breaks(acting: Acting, command: ask.BreakGlass, *, is_on_it: bool, secret: bool) -> None:
    """Refuse who has no glass to break: who sees it anyway, and whoever may not know of it (§8).

    Raises ``DoesNotExist``, ``AlreadyOnTheCase`` and ``GlassNotForOffice``.
    """
    if secret:
        raise DoesNotExist
    if is_on_it:
        raise AlreadyOnTheCase
    if command.office != acting.office:
        raise GlassNotForOffice


def reviews_from_outside(acting: Acting, command: Command, referral: Begun) -> bool:
    """Say whether an authority's data protection officer judges glass broken in it, or a try.

    The officer's unit is no party, and this is all that is let through for it.
    """
    if acting.office != PROTECTION_OFFICER:
        return False
    told: Glass | Try | None = None
    match command:
        case ask.ReviewGlass(glass=which):
            told = referral.safeguards.glasses.get(which)
        case ask.SeeToTry(noticed=which):
            told = referral.safeguards.tries.get(which)
        case _:
            pass
    return told is not None and told.authority == acting.authority


def ensure_another_reviews(acting: Acting, command: ask.ReviewGlass, referral: Begun) -> None:
    """Refuse who broke it, and who is of another unit; which offices judge, the policies say.

    Raises ``NotYourReview``; a glass of another authority is not known, and that is said later.
    """
    glass = referral.safeguards.glasses.get(command.glass)
    if glass is None:
        return
    is_at_home = acting.unit == glass.unit or acting.office == PROTECTION_OFFICER
    if glass.actor in acting.codes or not is_at_home:
        raise NotYourReview


def ensure_sees_to(acting: Acting, referral: Begun, rules: Rules) -> None:
    """Refuse who neither oversees, nor leads, nor has the case. Raises ``NotYoursToSeeTo``."""
    oversees = acting.office == PROTECTION_OFFICER
    if not (oversees or rules.leads(acting.office) or referral.owner in acting.codes):
        raise NotYoursToSeeTo


def ensure_second_person(
    acting: Acting,
    command: ask.ApproveLeaving | ask.RefuseLeaving,
    safeguards: Safeguards,
    rules: Rules,
) -> None:
    """Refuse who asked, and offices that do not approve.

    Raises ``NotAnApprover`` and ``NotASecondPerson``.
    """
    if not rules.approver(acting.office):
        raise NotAnApprover
    leaving = safeguards.leavings.get(command.leaving)
    if leaving is not None and leaving.actor in acting.codes:
        raise NotASecondPerson
