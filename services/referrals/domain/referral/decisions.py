"""What follows when something is asked of a referral, as a table: who, at which stage, what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.referrals.domain.referral import commands as ask
from services.referrals.domain.referral import events as fact
from services.referrals.domain.referral.answering import (
    closed,
    declined,
    delivered,
    reopened,
    resent,
)
from services.referrals.domain.referral.form import enclosed
from services.referrals.domain.referral.letting_in import gate_recorded, gates_passed, let_in
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.refusals import (
    AlreadyBegun,
    AlreadyTaken,
    ConsentFormNotTaken,
    ConsentInFuture,
    NotPossibleNow,
    NotTheAddressee,
    NotTheSender,
    ReceiverHasAccount,
    UnknownAuthority,
)
from services.referrals.domain.referral.sending import sent
from services.referrals.domain.referral.state import Begun, NotBegun, Referral, Stage
from shared.kernel.ids import UnitId
from shared.kernel.personal import Hidden, Personal
from shared.kernel.refusals import DoesNotExist, NotPossible
from shared.rulebook.slices import Rules

Facts = tuple[fact.ReferralEvent, ...]
SENDER, HOLDER = frozenset({Role.SENDER}), frozenset({Role.HOLDER})
LET_IN = frozenset({Role.LET_IN})
ANYONE = frozenset(Role)
PARTNERS = SENDER | HOLDER

DRAFT = frozenset({Stage.DRAFT})
AT_THE_ADDRESSEE = frozenset({Stage.DELIVERED, Stage.RECEIVED, Stage.ACCEPTED})
UNDERWAY = AT_THE_ADDRESSEE | {Stage.SENT, Stage.RETURNED}
OVER = frozenset({Stage.DECLINED, Stage.WITHDRAWN, Stage.CLOSED})
SENT_OUT = UNDERWAY | OVER
ALWAYS = DRAFT | SENT_OUT
BY_ITSELF = frozenset({ask.RecordDelivery, ask.OpenReferral})
"""What follows by itself from being sent and from being read; nobody is offered it as a move."""


def _nothing(_referral: Begun, _role: Role) -> None:
    return None


@dataclass(frozen=True)
class Move:
    """One line of the table: its name outside, who may, at which stages, and what it brings.

    ``unless`` gives what stands in the way all the same, if anything does.
    """

    name: str
    by: frozenset[Role]
    at: frozenset[Stage]
    answer: Callable[[Any, Begun, Rules], Facts]
    unless: Callable[[Begun, Role], type[NotPossible] | None] = _nothing

    def hindrance(self, referral: Begun, role: Role) -> type[NotPossible] | None:
        """Give why it cannot be made now by a party that may make it, None where it can."""
        return self.unless(referral, role) if referral.stage in self.at else NotPossibleNow


def decide(command: ask.ReferralCommand, referral: Referral, rules: Rules) -> Facts:
    """Answer a request with the facts it brings about, or refuse it."""
    if isinstance(command, ask.DraftReferral):
        return _drafted(command, referral, rules)
    if isinstance(referral, NotBegun):
        raise DoesNotExist
    move = MOVES[type(command)]
    role = referral.role_of(command.unit)
    if role is None or role not in move.by:
        raise NotTheSender if Role.SENDER in move.by else NotTheAddressee
    if hindrance := move.hindrance(referral, role):
        raise hindrance(stage=referral.stage, allowed=moves_for(referral, command.unit))
    gates_passed(move.name, referral, rules)
    return move.answer(command, referral, rules)


def moves_for(referral: Referral, unit: UnitId) -> list[str]:
    """Give the names of the moves that this unit can make now, in the order of the table."""
    role = None if isinstance(referral, NotBegun) else referral.role_of(unit)
    if isinstance(referral, NotBegun) or role is None:
        return []
    return [
        move.name
        for command, move in MOVES.items()
        if role in move.by and command not in BY_ITSELF and move.hindrance(referral, role) is None
    ]


def _drafted(command: ask.DraftReferral, referral: Referral, rules: Rules) -> Facts:
    if not isinstance(referral, NotBegun):
        raise AlreadyBegun
    return (
        fact.ReferralDrafted(
            by=Hidden(command.unit),
            programme=Hidden(command.programme),
            existence=rules.existence,
            urgency=command.urgency,
            intake=enclosed(command.intake, rules),
        ),
    )


def _edited(command: ask.EditDraft, _referral: Begun, rules: Rules) -> Facts:
    intake = enclosed(command.intake, rules)
    return (fact.DraftEdited(by=Hidden(command.unit), urgency=command.urgency, intake=intake),)


def _consented(command: ask.RecordConsent, _referral: Begun, rules: Rules) -> Facts:
    if rules.consent is not None and command.form not in rules.consent.forms:
        raise ConsentFormNotTaken(forms=list(rules.consent.forms))
    if command.given_on > rules.on:
        raise ConsentInFuture
    if not all(rules.district.authority(receiver, rules.on) for receiver in command.receivers):
        raise UnknownAuthority
    return (
        fact.ConsentRecorded(
            by=Hidden(command.unit),
            scope=Personal(command.scope),
            receivers=Hidden(command.receivers),
            form=Hidden(command.form),
            given_on=Hidden(command.given_on),
        ),
    )


def _opened(command: ask.OpenReferral, referral: Begun, _rules: Rules) -> Facts:
    if command.unit in referral.opened:
        return ()
    return (fact.ReferralOpened(by=Hidden(command.unit)),)


def _called(command: ask.RecordCall, _referral: Begun, _rules: Rules) -> Facts:
    return (
        fact.CallRecorded(
            by=Hidden(command.unit),
            whom=Personal(command.whom),
            called_at=command.called_at,
            note=_noted(command.note),
        ),
    )


def _dispatched(command: ask.RecordDispatch, _referral: Begun, _rules: Rules) -> Facts:
    by = Hidden(command.unit)
    return (fact.DispatchRecorded(by=by, how=command.how, sent_at=command.sent_at),)


def _receipted(command: ask.RecordReceipt, _referral: Begun, _rules: Rules) -> Facts:
    return (
        fact.ReceiptRecorded(
            by=Hidden(command.unit),
            receipt=Personal(command.receipt),
            received_at=command.received_at,
        ),
    )


def _noted(note: str | None) -> Personal[str] | None:
    return None if note is None else Personal(note)


def _simply(
    event: Callable[..., fact.ReferralEvent], *said: str
) -> Callable[[Any, Begun, Rules], Facts]:
    """Answer with an event that says who did it and, sealed, the fields *said* of the command."""

    def answer(command: ask.ReferralCommand, _referral: Begun, _rules: Rules) -> Facts:
        fields = {name: Personal(getattr(command, name)) for name in said}
        return (event(by=Hidden(command.unit), **fields),)

    return answer


def _assigned(command: ask.AssignReferral, _referral: Begun, _rules: Rules) -> Facts:
    return (fact.ReferralAssigned(by=Hidden(command.unit), to=Hidden(command.to)),)


def _taken(referral: Begun, _role: Role) -> type[NotPossible] | None:
    return AlreadyTaken if referral.owner is not None else None


def _answers_here(referral: Begun, _role: Role) -> type[NotPossible] | None:
    return ReceiverHasAccount if referral.has_account else None


def _for_the_other_to_end(referral: Begun, role: Role) -> type[NotPossible] | None:
    """The addressee ends what it has accepted, the sender what went to who has no account."""
    its_own = referral.stage is Stage.ACCEPTED if role is Role.HOLDER else not referral.has_account
    return None if its_own else NotPossibleNow


MOVES: Mapping[type[ask.ReferralCommand], Move] = {
    ask.EditDraft: Move("edit", SENDER, DRAFT, _edited),
    ask.RecordConsent: Move("record_consent", PARTNERS, DRAFT | UNDERWAY, _consented),
    ask.SendReferral: Move("send", SENDER, DRAFT, sent),
    ask.RecordDelivery: Move("deliver", HOLDER, frozenset({Stage.SENT}), delivered),
    ask.ReceiveReferral: Move(
        "receive", HOLDER, frozenset({Stage.DELIVERED}), _simply(fact.ReferralReceived)
    ),
    ask.OpenReferral: Move("open", HOLDER | LET_IN, SENT_OUT, _opened),
    ask.ClaimReferral: Move(
        "claim", HOLDER, AT_THE_ADDRESSEE, _simply(fact.ReferralClaimed), _taken
    ),
    ask.AssignReferral: Move("assign", HOLDER, AT_THE_ADDRESSEE, _assigned),
    ask.AcceptReferral: Move(
        "accept", HOLDER, frozenset({Stage.RECEIVED}), _simply(fact.ReferralAccepted)
    ),
    ask.DeclineReferral: Move("decline", HOLDER, frozenset({Stage.RECEIVED}), declined),
    ask.ReturnReferral: Move(
        "return", HOLDER, frozenset({Stage.RECEIVED}), _simply(fact.ReferralReturned, "question")
    ),
    ask.ResendReferral: Move("resend", SENDER, frozenset({Stage.RETURNED}), resent),
    ask.WithdrawReferral: Move(
        "withdraw", SENDER, UNDERWAY, _simply(fact.ReferralWithdrawn, "reason")
    ),
    ask.CloseReferral: Move("close", PARTNERS, UNDERWAY, closed, _for_the_other_to_end),
    ask.ReopenReferral: Move(
        "reopen", PARTNERS, frozenset({Stage.CLOSED, Stage.DECLINED}), reopened
    ),
    ask.EnterInError: Move(
        "enter_in_error", SENDER, ALWAYS, _simply(fact.ReferralEnteredInError, "reason")
    ),
    ask.LetIn: Move("let_in", HOLDER, AT_THE_ADDRESSEE, let_in),
    ask.RecordGate: Move("record_gate", HOLDER, AT_THE_ADDRESSEE, gate_recorded),
    ask.WriteMessage: Move("write", ANYONE, UNDERWAY, _simply(fact.MessageWritten, "text")),
    ask.SetCaseNumber: Move(
        "set_case_number", ANYONE, ALWAYS, _simply(fact.CaseNumberSet, "number")
    ),
    ask.RecordCall: Move("record_call", PARTNERS, UNDERWAY, _called),
    ask.RecordDispatch: Move(
        "record_dispatch", SENDER, frozenset({Stage.SENT}), _dispatched, _answers_here
    ),
    ask.RecordReceipt: Move(
        "record_receipt", SENDER, frozenset({Stage.SENT}), _receipted, _answers_here
    ),
}
