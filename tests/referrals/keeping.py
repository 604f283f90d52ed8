"""What people ask so that sharing ends and a referral is kept safe; and who of a unit asks it."""

from datetime import timedelta
from uuid import UUID

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.safeguards import commands as ask
from services.referrals.domain.sharing.commands import LeaveReferral, WithdrawConsent
from shared.kernel.asking import Acting, Asked
from shared.kernel.ids import ActorId, BasisId, UnitId
from tests.referrals import people as who

NOW = who.FRIDAY_1540
NOBODYS = UUID(int=0)
"""The id of nothing that ever was."""
LEADERS = (
    *(ask.NameStaff, ask.ExcludeStaff, ask.ReadmitStaff),
    *(ask.ReviewGlass, ask.SeeToTry, ask.ApproveLeaving, ask.RefuseLeaving),
)
ANEW = Asked(NOBODYS, "", "", "", "")


def acting(command: ReferralCommand, actor: ActorId | None = None, office: str = "") -> Acting:
    """Give who asks for something of this kind: who works there, who leads, or an outsider.

    Who leads is named by who works there, as nobody names themselves.
    """
    unit = command.unit
    person, held = who.actor_of(unit), "caseworker"
    names_leader = isinstance(command, ask.NameStaff) and command.person == who.leader_of(unit)
    if isinstance(command, LEADERS) and not names_leader:
        person, held = who.leader_of(unit), "leader"
    elif isinstance(command, ask.BreakGlass):
        person, held = who.outsider_of(unit), command.office
    authority = who.AUTHORITY_OF[unit]
    regime = "led" if authority in who.UNDER_THE_ENFORCEMENT_ACT else "gdpr"
    return Acting(actor or person, authority, regime, unit, office or held)


def take_back(unit: UnitId, consent: UUID = NOBODYS, note: str | None = None) -> WithdrawConsent:
    """Take a consent back."""
    return WithdrawConsent(unit=unit, at=NOW, consent=consent, withdrawn_on=who.TODAY, note=note)


def leave(unit: UnitId) -> LeaveReferral:
    """Take part no longer."""
    return LeaveReferral(unit=unit, at=NOW, reason="Familien er flyttet.")


def name(unit: UnitId, person: ActorId | None = None) -> ask.NameStaff:
    """Put somebody on the case."""
    return ask.NameStaff(unit=unit, at=NOW, person=person or who.actor_of(unit))


def exclude(unit: UnitId, person: ActorId = who.A_COLLEAGUE) -> ask.ExcludeStaff:
    """Keep somebody out."""
    return ask.ExcludeStaff(unit=unit, at=NOW, person=person, reason="Er nabo til familien.")


def readmit(unit: UnitId, person: ActorId = who.A_COLLEAGUE) -> ask.ReadmitStaff:
    """Let somebody back in."""
    return ask.ReadmitStaff(unit=unit, at=NOW, person=person, reason="Er flyttet derfra.")


def smash(unit: UnitId, *, office: str = "leader", hours: int | None = None) -> ask.BreakGlass:
    """Break the glass."""
    return ask.BreakGlass(
        unit=unit, at=NOW, office=office, reason="Ringer fra skadestuen.", hours=hours
    )


def review(unit: UnitId, glass: UUID = NOBODYS) -> ask.ReviewGlass:
    """Judge it."""
    return ask.ReviewGlass(unit=unit, at=NOW, glass=glass, justified=True, note="Det var i orden.")


def notice(unit: UnitId) -> ask.NoticeTry:
    """Notice that somebody tried at it."""
    return ask.NoticeTry(
        unit=unit, at=NOW, entry=UUID(int=1), kind="show", tried_by=who.AUTHORITY_OF[unit]
    )


def see_to(unit: UnitId, noticed: UUID = NOBODYS) -> ask.SeeToTry:
    """See to it."""
    return ask.SeeToTry(unit=unit, at=NOW, noticed=noticed, note="Han har fået det forklaret.")


def protect(unit: UnitId, *, threat: bool = False) -> ask.ProtectAddress:
    """Note that the address is protected."""
    kind = "threat" if threat else "name_and_address"
    return ask.ProtectAddress.model_validate(
        {"unit": unit, "at": NOW, "kind": kind, "since": who.TODAY}
    )


def unprotect(unit: UnitId) -> ask.EndProtection:
    """Note that it is protected no longer."""
    return ask.EndProtection(unit=unit, at=NOW, reason="Borgeren har bedt om det.")


def let_out(unit: UnitId, *, life_at_stake: bool = False) -> ask.AskLeaving:
    """Ask that something leave § 115."""
    return ask.AskLeaving(
        unit=unit,
        at=NOW,
        basis=BasisId("afvaerge-forbrydelse"),
        receiver="Vagthavende ved Østjyllands Politi",
        what="At der er talt om et knivoverfald i morgen.",
        reason="Det kan kun afværges nu.",
        life_at_stake=life_at_stake,
    )


def approve(unit: UnitId, leaving: UUID = NOBODYS) -> ask.ApproveLeaving:
    """Approve it."""
    return ask.ApproveLeaving(unit=unit, at=NOW, leaving=leaving)


def refuse(unit: UnitId, leaving: UUID = NOBODYS) -> ask.RefuseLeaving:
    """Do not approve it."""
    return ask.RefuseLeaving(unit=unit, at=NOW, leaving=leaving, reason="Det kan vente.")


def entrust(unit: UnitId, *, office: str = "leader", days: int = 3) -> ask.SetTask:
    """Give an office something to do."""
    due = NOW + timedelta(days=days)
    return ask.SetTask(unit=unit, at=NOW, office=office, what="Ring til familien.", due=due)


def finish(unit: UnitId, task: UUID = NOBODYS) -> ask.FinishTask:
    """Say that it is done."""
    return ask.FinishTask(unit=unit, at=NOW, task=task)
