"""What follows when something is asked of a referral, as a table: who, at which stage, what."""

from collections.abc import Callable, Mapping
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
from services.referrals.domain.referral.moves import (
    ALWAYS,
    ANY_CLOSING,
    ANYONE,
    AT_THE_ADDRESSEE,
    DRAFT,
    HOLDER,
    LET_IN,
    PARTNERS,
    SENDER,
    SENT_OUT,
    UNDERWAY,
    Facts,
    Move,
)
from services.referrals.domain.referral.noting import called, consented, dispatched, receipted
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.refusals import (
    AlreadyBegun,
    AlreadyTaken,
    NotPossibleNow,
    NotTheAddressee,
    NotTheSender,
    ReceiverHasAccount,
)
from services.referrals.domain.referral.sending import sent
from services.referrals.domain.referral.state import Begun, NotBegun, Referral, Stage, is_secret
from services.referrals.domain.safeguards import decisions as guarding
from services.referrals.domain.safeguards.commands import ReviewGlass, SeeToTry
from services.referrals.domain.safeguards.refusals import IsExcluded
from services.referrals.domain.sharing.commands import LeaveReferral, WithdrawConsent
from services.referrals.domain.sharing.decisions import consent_withdrawn, left
from services.referrals.domain.sharing.refusals import NoConsent, NotLetIn, SharingEnded
from shared.kernel.commands import Command
from shared.kernel.ids import UnitId
from shared.kernel.personal import Hidden, Personal
from shared.kernel.refusals import DoesNotExist, NotAllowed, NotPossible
from shared.rulebook.slices import Rules

SENT = frozenset({Stage.SENT})


def decide(command: ask.ReferralCommand, referral: Referral, rules: Rules) -> Facts:
    """Answer a request with the facts it brings about, or refuse it."""
    if isinstance(command, ask.DraftReferral):
        return _drafted(command, referral, rules)
    if isinstance(referral, NotBegun):
        raise DoesNotExist
    if isinstance(command, ReviewGlass):
        return guarding.reviewed(command, referral)
    if isinstance(command, SeeToTry):
        return guarding.try_seen_to(command, referral)
    move = MOVES[type(command)]
    role = referral.role_of(command.unit)
    if role is None or role not in move.by:
        raise _not_yours(move)
    if referral.is_over_for(command.unit):
        return _after_all(move, command, referral, rules)
    if hindrance := move.hindrance(referral, role):
        raise hindrance(stage=referral.stage, allowed=moves_for(referral, command.unit))
    gates_passed(move.name, referral, rules)
    return move.answer(command, referral, rules)


def _after_all(move: Move, command: ask.ReferralCommand, referral: Begun, rules: Rules) -> Facts:
    """Answer a unit whose own view has closed: of what became of it since, nothing is said."""
    if referral.closings[command.unit].kind not in move.after:
        raise SharingEnded(allowed=moves_for(referral, command.unit))
    return move.answer(command, referral, rules)


def _not_yours(move: Move) -> NotAllowed:
    if Role.SENDER in move.by:
        return NotTheSender()
    return NotTheAddressee() if Role.HOLDER in move.by else NotLetIn()


def moves_for(referral: Referral, unit: UnitId) -> list[str]:
    """Give the names of the moves that this unit can make now, in the order of the table."""
    role = None if isinstance(referral, NotBegun) else referral.role_of(unit)
    if isinstance(referral, NotBegun) or role is None:
        return []
    may = (move for move in MOVES.values() if move.offered and role in move.by)
    if referral.is_over_for(unit):
        closing = referral.closings[unit].kind
        return [move.name for move in may if closing in move.after]
    return [move.name for move in may if move.hindrance(referral, role) is None]


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


def _opened(command: ask.OpenReferral, referral: Begun, _rules: Rules) -> Facts:
    if command.unit in referral.opened:
        return ()
    return (fact.ReferralOpened(by=Hidden(command.unit)),)


def _simply(
    event: Callable[..., fact.ReferralEvent], *said: str
) -> Callable[[Any, Begun, Rules], Facts]:
    """Answer with an event that says who did it and, sealed, the fields *said* of the command."""

    def answer(command: ask.ReferralCommand, _referral: Begun, _rules: Rules) -> Facts:
        fields = {name: Personal(getattr(command, name)) for name in said}
        return (event(by=Hidden(command.unit), **fields),)

    return answer


def _assigned(command: ask.AssignReferral, referral: Begun, _rules: Rules) -> Facts:
    if referral.safeguards.is_excluded(referral.authority_of(command.unit), command.codes):
        raise IsExcluded
    person = command.known_as(secret=is_secret(referral))
    return (fact.ReferralAssigned(by=Hidden(command.unit), to=Hidden(person)),)


def _taken(referral: Begun, _role: Role) -> type[NotPossible] | None:
    return AlreadyTaken if referral.owner is not None else None


def _answers_here(referral: Begun, _role: Role) -> type[NotPossible] | None:
    return ReceiverHasAccount if referral.has_account else None


def _for_the_other_to_end(referral: Begun, role: Role) -> type[NotPossible] | None:
    """The addressee ends what it has accepted, the sender what went to who has no account."""
    its_own = referral.stage is Stage.ACCEPTED if role is Role.HOLDER else not referral.has_account
    return None if its_own else NotPossibleNow


def _is_taken_over(referral: Begun, _role: Role) -> type[NotPossible] | None:
    return NotPossibleNow if referral.taken_over else None


def _no_consent(referral: Begun, _role: Role) -> type[NotPossible] | None:
    return None if any(consent.stands for consent in referral.consents) else NoConsent


MOVES: Mapping[type[Command], Move] = {
    ask.EditDraft: Move("edit", SENDER, DRAFT, _edited),
    ask.RecordConsent: Move("record_consent", PARTNERS, DRAFT | UNDERWAY, consented),
    ask.SendReferral: Move("send", SENDER, DRAFT, sent),
    ask.RecordDelivery: Move("deliver", HOLDER, frozenset({Stage.SENT}), delivered, offered=False),
    ask.ReceiveReferral: Move(
        "receive", HOLDER, frozenset({Stage.DELIVERED}), _simply(fact.ReferralReceived)
    ),
    ask.OpenReferral: Move("open", HOLDER | LET_IN, SENT_OUT, _opened, offered=False),
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
        "reopen", PARTNERS, frozenset({Stage.CLOSED, Stage.DECLINED}), reopened, _is_taken_over
    ),
    ask.EnterInError: Move(
        "enter_in_error", SENDER, ALWAYS, _simply(fact.ReferralEnteredInError, "reason")
    ),
    ask.LetIn: Move("let_in", HOLDER, AT_THE_ADDRESSEE, let_in),
    WithdrawConsent: Move("withdraw_consent", PARTNERS, ALWAYS, consent_withdrawn, _no_consent),
    LeaveReferral: Move("leave", LET_IN, SENT_OUT - {Stage.WITHDRAWN}, left),
    ask.RecordGate: Move("record_gate", HOLDER, AT_THE_ADDRESSEE, gate_recorded),
    ask.WriteMessage: Move("write", ANYONE, UNDERWAY, _simply(fact.MessageWritten, "text")),
    ask.SetCaseNumber: Move(
        "set_case_number",
        ANYONE,
        ALWAYS,
        _simply(fact.CaseNumberSet, "number"),
        after=ANY_CLOSING,
    ),
    ask.RecordCall: Move("record_call", PARTNERS, UNDERWAY, called),
    ask.RecordDispatch: Move("record_dispatch", SENDER, SENT, dispatched, _answers_here),
    ask.RecordReceipt: Move("record_receipt", SENDER, SENT, receipted, _answers_here),
    **guarding.MOVES,
}
