"""Whether the policies let an office do such a thing, and a profile lets a party know of it."""

from services.referrals.doing import DOES
from services.referrals.domain.referral.commands import DraftReferral, ReferralCommand
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.state import Begun, Referral
from services.referrals.sight import ENVELOPE, NOWHERE
from shared.access.caller import OVERSEEING
from shared.access.purposes import first_purpose
from shared.kernel.asking import Acting
from shared.kernel.ids import ProgrammeId
from shared.reads.log import EMERGENCY
from shared.rulebook.content import Rulebook
from shared.rulebook.days import civil_date
from shared.rulebook.policies import Decision, Question


def permitted(
    rules: Rulebook, acting: Acting, command: ReferralCommand, referral: Referral
) -> Decision:
    """Ask the policies, also where there is nothing: both take the same time."""
    return _asked(rules, acting, command, referral, DOES.get(type(command), _usually(acting)))


def sees_nothing(
    rules: Rulebook, acting: Acting, command: ReferralCommand, referral: Referral
) -> bool:
    """Whether neither profile nor policies show this party so much as that the referral is there.

    The policies are asked also where there is nothing.
    """
    seen = _asked(rules, acting, command, referral, "see")
    if not isinstance(referral, Begun):
        return False
    role = referral.role_of(acting.unit)
    if role is None:
        return False
    given = rules.profiles.sees(referral.programme, role.value, acting.unit)
    return not (seen.allowed and given >= ENVELOPE)


def _asked(
    rules: Rulebook, acting: Acting, command: ReferralCommand, referral: Referral, action: str
) -> Decision:
    name = programme_of(command, referral)
    programme = rules.programmes.get(name) if name else None
    role = _role(acting, referral)
    usual = first_purpose(rules.purposes, acting.office)
    return rules.policies.decide(
        Question(
            action=action,
            office=acting.office,
            purpose=EMERGENCY if action == "break_glass" else usual,
            category="administrative",
            role=role.value if role and programme else "none",
            space=programme.space if programme else NOWHERE,
            existence=programme.existence if programme else "open",
            day=civil_date(command.at),
        )
    )


def programme_of(command: ReferralCommand, referral: Referral) -> ProgrammeId | None:
    """Give the programme of a referral that there is or is to be."""
    if isinstance(command, DraftReferral):
        return command.programme
    return referral.programme if isinstance(referral, Begun) else None


def _usually(acting: Acting) -> str:
    """Give the action that most requests are: who oversees asks as such, whatever they ask for."""
    return "oversee" if acting.office in OVERSEEING else "change"


def _role(acting: Acting, referral: Referral) -> Role | None:
    """Give as what somebody asks: as the unit takes part, or for who oversees, the authority."""
    if not isinstance(referral, Begun):
        return Role.SENDER
    if acting.office in OVERSEEING:
        ours = (party.role for party in referral.parties if party.authority == acting.authority)
        return next(ours, None)
    return referral.role_of(acting.unit)
