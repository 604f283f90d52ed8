"""What is noted down: consents, calls, and what went to who has no account."""

from services.referrals.domain.referral.commands import (
    RecordCall,
    RecordConsent,
    RecordDispatch,
    RecordReceipt,
)
from services.referrals.domain.referral.events import (
    CallRecorded,
    ConsentRecorded,
    DispatchRecorded,
    ReceiptRecorded,
)
from services.referrals.domain.referral.refusals import (
    ConsentFormNotTaken,
    ConsentInFuture,
    UnknownAuthority,
)
from services.referrals.domain.referral.state import Begun
from shared.kernel.personal import Hidden, Personal
from shared.rulebook.slices import Rules


def consented(command: RecordConsent, _referral: Begun, rules: Rules) -> tuple[ConsentRecorded]:
    """Note a consent in a form that the programme takes, towards authorities that there are."""
    if rules.consent is not None and command.form not in rules.consent.forms:
        raise ConsentFormNotTaken(forms=list(rules.consent.forms))
    if command.given_on > rules.on:
        raise ConsentInFuture
    if not all(rules.district.authority(receiver, rules.on) for receiver in command.receivers):
        raise UnknownAuthority
    return (
        ConsentRecorded(
            by=Hidden(command.unit),
            scope=Personal(command.scope),
            receivers=Hidden(command.receivers),
            form=Hidden(command.form),
            given_on=Hidden(command.given_on),
        ),
    )


def called(command: RecordCall, _referral: Begun, _rules: Rules) -> tuple[CallRecorded]:
    """Note who was called."""
    return (
        CallRecorded(
            by=Hidden(command.unit),
            whom=Personal(command.whom),
            called_at=command.called_at,
            note=_noted(command.note),
        ),
    )


def dispatched(command: RecordDispatch, _referral: Begun, _rules: Rules) -> tuple[DispatchRecorded]:
    """Note how it went."""
    by = Hidden(command.unit)
    return (DispatchRecorded(by=by, how=command.how, sent_at=command.sent_at),)


def receipted(command: RecordReceipt, _referral: Begun, _rules: Rules) -> tuple[ReceiptRecorded]:
    """Note the receipt."""
    return (
        ReceiptRecorded(
            by=Hidden(command.unit),
            receipt=Personal(command.receipt),
            received_at=command.received_at,
        ),
    )


def _noted(note: str | None) -> Personal[str] | None:
    return None if note is None else Personal(note)
