"""What the addressee's side answers, and when an answer is due."""

from datetime import datetime

from services.referrals.domain.referral.commands import (
    CloseReferral,
    DeclineReferral,
    RecordDelivery,
    ReopenReferral,
    ResendReferral,
)
from services.referrals.domain.referral.events import (
    ReferralClosed,
    ReferralDeclined,
    ReferralDelivered,
    ReferralReopened,
    ReferralResent,
)
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.refusals import UnknownDeclineReason, UnknownOutcome
from services.referrals.domain.referral.state import Begun
from services.referrals.domain.sharing.decisions import taken_over
from services.referrals.domain.sharing.events import ReferralTakenOver
from shared.kernel.personal import Hidden, Personal
from shared.rulebook.slices import Rules


def delivered(command: RecordDelivery, referral: Begun, rules: Rules) -> tuple[ReferralDelivered]:
    """Start the answer clock: it runs from delivery, in the unit that the programme names."""
    clock = rules.clock(referral.urgency.value)
    return (
        ReferralDelivered(
            by=Hidden(command.unit),
            answer_due=Hidden(rules.due(command.at, clock)),
            clock=Hidden(f"{clock.amount} {clock.unit} from delivery"),
        ),
    )


def declined(command: DeclineReferral, _referral: Begun, rules: Rules) -> tuple[ReferralDeclined]:
    """Decline for a reason of the programme's list, which says on whose side it lies."""
    reason = rules.decline_reason(command.reason)
    if reason is None:
        raise UnknownDeclineReason(reasons=[r.id for r in rules.programme.decline_reasons])
    return (
        ReferralDeclined(
            by=Hidden(command.unit),
            reason=Hidden(reason.id),
            side=Hidden(reason.declined_by),
            note=Personal(command.note) if command.note else None,
        ),
    )


def resent(command: ResendReferral, referral: Begun, rules: Rules) -> tuple[ReferralResent]:
    """Send it again, with the answer to what was asked."""
    holder = referral.unit_as(Role.HOLDER)
    return (
        ReferralResent(
            by=Hidden(command.unit),
            answer=Personal(command.answer),
            next_staffed=_hidden(rules.next_staffed(holder, command.at) if holder else None),
        ),
    )


def closed(
    command: CloseReferral, referral: Begun, rules: Rules
) -> tuple[ReferralClosed] | tuple[ReferralTakenOver]:
    """End it with an outcome of the programme's list; by some, who holds it takes it over."""
    outcome = rules.outcome(command.outcome)
    if outcome is None:
        raise UnknownOutcome(outcomes=[o.id for o in rules.programme.outcomes])
    if rules.takeover(outcome.id) and referral.role_of(command.unit) is Role.HOLDER:
        return taken_over(command)
    note = Personal(command.note) if command.note else None
    return (ReferralClosed(by=Hidden(command.unit), outcome=Hidden(outcome.id), note=note),)


def reopened(command: ReopenReferral, referral: Begun, rules: Rules) -> tuple[ReferralReopened]:
    """Take it up again: the addressee is asked anew, with a clock of its own if it is here."""
    clock = rules.clock(referral.urgency.value)
    due = rules.due(command.at, clock) if referral.has_account else None
    return (
        ReferralReopened(
            by=Hidden(command.unit), reason=Personal(command.reason), answer_due=_hidden(due)
        ),
    )


def _hidden(moment: datetime | None) -> Hidden[datetime] | None:
    return None if moment is None else Hidden(moment)
