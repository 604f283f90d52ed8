"""Who may ask anything of a referral at all, and who of a unit's people may ask what."""

from collections.abc import Callable

from services.referrals.domain.referral.commands import (
    AssignReferral,
    ClaimReferral,
    DraftReferral,
    RecordDelivery,
    ReferralCommand,
)
from services.referrals.domain.referral.state import Begun, NotBegun, Referral, is_secret
from services.referrals.domain.safeguards import commands as ask
from services.referrals.domain.safeguards.access import (
    ensure_another_reviews,
    ensure_breaks,
    ensure_chooses_staff,
    ensure_second_person,
    ensure_sees_to,
    reviews_from_outside,
)
from services.referrals.domain.safeguards.refusals import NotOnTheCase, NotYourself
from shared.kernel.asking import Acting, Asked
from shared.kernel.refusals import DoesNotExist, OutOfDate
from shared.rulebook.slices import Rules

RulesFor = Callable[[ReferralCommand, Referral], Rules]
Guard = Callable[[Acting, Asked, ReferralCommand, Referral], None]
LEADERS = (
    *(ask.NameStaff, ask.ExcludeStaff, ask.ReadmitStaff, AssignReferral),
    *(ask.ReviewGlass, ask.SeeToTry),
)
"""What who leads a unit may do without being on the case; whether they may is said there.

Of a secret case they find nothing. Who leads and was told its number may put somebody on it, or
nobody could when the last one named has left; for everything else there is nothing.
"""


def guarded_by(rules: RulesFor) -> Guard:
    """Give what refuses whoever may not ask: as a stranger, and as one of a unit's people."""

    def both(acting: Acting, asked: Asked, command: ReferralCommand, referral: Referral) -> None:
        _ensure_party(acting, command, referral)
        if isinstance(referral, Begun) and not isinstance(command, RecordDelivery | ask.NoticeTry):
            _ensure_person(acting, command, referral, rules(command, referral))
        _ensure_up_to_date(acting, asked, referral)

    return both


def guard(acting: Acting, asked: Asked, command: ReferralCommand, referral: Referral) -> None:
    """Refuse who is no party or is kept out: for them there is nothing here, whatever they ask for.

    A party that names the version it saw is refused when more has happened that it may see.
    """
    _ensure_party(acting, command, referral)
    _ensure_up_to_date(acting, asked, referral)


def _ensure_party(acting: Acting, command: ReferralCommand, referral: Referral) -> None:
    if isinstance(referral, NotBegun):
        if not isinstance(command, DraftReferral):
            raise DoesNotExist
        return
    is_party = referral.role_of(acting.unit) is not None
    if not (is_party or reviews_from_outside(acting, command, referral)):
        raise DoesNotExist
    if referral.safeguards.is_excluded(acting.authority, acting.codes):
        raise DoesNotExist


def _ensure_up_to_date(acting: Acting, asked: Asked, referral: Referral) -> None:
    """Only who may know of it learns how much has happened, or that anything has."""
    if isinstance(referral, NotBegun) or asked.if_match is None:
        return
    if referral.role_of(acting.unit) and referral.seen.get(acting.unit, 0) not in asked.if_match:
        raise OutOfDate


def on_the_case(acting: Acting, referral: Begun, rules: Rules) -> bool:
    """Say whether a person of a party works on it: all do, until the unit names its people."""
    staff = referral.safeguards
    if rules.members != "named" or acting.unit not in staff.named:
        return True
    return staff.is_named(acting.unit, acting.codes)


def _ensure_person(acting: Acting, command: ReferralCommand, referral: Begun, rules: Rules) -> None:
    is_on_it = on_the_case(acting, referral, rules)
    if isinstance(command, ask.BreakGlass):
        return ensure_breaks(acting, command, is_on_it=is_on_it, secret=is_secret(referral))
    if not is_on_it and referral.role_of(acting.unit) is not None:
        _ensure_leads(acting, command, referral, rules)
    if isinstance(command, ask.NameStaff | ask.ExcludeStaff | ask.ReadmitStaff):
        ensure_chooses_staff(acting, command, referral.safeguards, rules)
    elif isinstance(command, ask.ReviewGlass):
        ensure_another_reviews(acting, command, referral)
    elif isinstance(command, ask.SeeToTry):
        ensure_sees_to(acting, referral, rules)
    elif isinstance(command, ask.ApproveLeaving | ask.RefuseLeaving):
        ensure_second_person(acting, command, referral.safeguards, rules)
    return None


def _ensure_leads(acting: Acting, command: ReferralCommand, referral: Begun, rules: Rules) -> None:
    """Who is not named does nothing; of a secret case they do not even learn that it is there.

    Nobody puts themselves on it: seeing it without being asked to is what broken glass is for.
    """
    theirs = ask.NameStaff if is_secret(referral) else LEADERS
    if rules.leads(acting.office) and isinstance(command, theirs):
        if not (isinstance(command, ask.NameStaff) and command.person in acting.codes):
            return
        raise DoesNotExist if is_secret(referral) else NotYourself
    taken = referral.owner is not None and not is_secret(referral)
    if taken and isinstance(command, ClaimReferral):
        return  # of two who reach for it the other is told that it is taken
    raise DoesNotExist if is_secret(referral) else NotOnTheCase
