"""The whole table of who may do what at which stage, and that nothing else is possible.

It is typed from what was agreed on states and moves, and asks the code for nothing.
"""

from collections.abc import Callable, Mapping

import pytest

from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.decisions import MOVES, moves_for
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.refusals import (
    AlreadyTaken,
    NotPossibleNow,
    NotTheAddressee,
    NotTheSender,
    ReceiverHasAccount,
)
from services.referrals.domain.referral.state import NotBegun, Stage
from services.referrals.domain.safeguards.decisions import MOVES as SAFE
from services.referrals.domain.sharing.refusals import NoConsent, NotLetIn
from shared.kernel.ids import UnitId
from shared.kernel.refusals import DoesNotExist, NotPossible, Refusal
from tests.referrals import asking, happened, keeping
from tests.referrals import people as who
from tests.referrals.after import After, Case
from tests.referrals.ways import PSP, UKN, Way

Asks = Callable[[Way, UnitId], ReferralCommand]
ASKS: Mapping[str, Asks] = {
    "edit": lambda way, unit: asking.edit(way, unit=unit),
    "record_consent": lambda way, unit: asking.consent(way, unit=unit),
    "send": lambda way, unit: asking.send(way, unit=unit),
    "deliver": lambda way, unit: asking.deliver(way).model_copy(update={"unit": unit}),
    "receive": asking.receive,
    "open": asking.open_it,
    "claim": asking.claim,
    "assign": asking.assign,
    "accept": asking.accept,
    "decline": asking.decline,
    "return": asking.send_back,
    "resend": asking.send_again,
    "withdraw": asking.withdraw,
    "close": asking.close,
    "reopen": asking.reopen,
    "enter_in_error": asking.enter_in_error,
    "let_in": lambda way, unit: asking.let_in(way, who.PROBATION, unit=unit),
    "record_gate": lambda way, unit: asking.check(way, by=unit),
    "write": asking.write,
    "set_case_number": asking.number,
    "record_call": asking.call,
    "record_dispatch": asking.dispatch,
    "record_receipt": asking.receipt,
    "withdraw_consent": lambda _, unit: keeping.take_back(unit),
    "leave": lambda _, unit: keeping.leave(unit),
}
"""Every move of the handover, by the name that people see; how it is kept safe is told apart."""

SENDERS = {"edit", "send", "resend", "withdraw", "enter_in_error"}
SENDERS |= {"record_dispatch", "record_receipt"}
HOLDERS = {"deliver", "receive", "claim", "assign", "accept", "decline", "return"}
HOLDERS |= {"let_in", "record_gate"}
THE_TWO = {"record_consent", "close", "reopen", "record_call", "withdraw_consent"}
READERS = {"open"}
EVERYBODYS = {"write", "set_case_number"}
LET_INS = {"leave"}
BY_ITSELF = {"deliver", "open"}
"""What follows from being sent and from being read, and is offered to nobody."""

TALK = {"write", "set_case_number", "record_consent", "record_call"}
BACK = {"withdraw", "enter_in_error"}
WORK = {"claim", "assign", "let_in", "record_gate"}
BY_SENDER: Mapping[Stage, set[str]] = {
    Stage.DRAFT: {"edit", "record_consent", "send", "enter_in_error", "set_case_number"},
    Stage.SENT: TALK | BACK,
    Stage.DELIVERED: TALK | BACK,
    Stage.RECEIVED: TALK | BACK,
    Stage.ACCEPTED: TALK | BACK,
    Stage.RETURNED: TALK | BACK | {"resend"},
    Stage.DECLINED: {"reopen", "enter_in_error", "set_case_number"},
    Stage.CLOSED: {"reopen", "enter_in_error", "set_case_number"},
    Stage.WITHDRAWN: {"enter_in_error", "set_case_number"},
    Stage.ENTERED_IN_ERROR: set(),
}
BY_HOLDER: Mapping[Stage, set[str]] = {
    Stage.SENT: TALK | {"open", "deliver"},
    Stage.DELIVERED: TALK | WORK | {"open", "receive"},
    Stage.RECEIVED: TALK | WORK | {"open", "accept", "decline", "return"},
    Stage.ACCEPTED: TALK | WORK | {"open", "close"},
    Stage.RETURNED: TALK | {"open"},
    Stage.DECLINED: {"open", "reopen", "set_case_number"},
    Stage.CLOSED: {"open", "reopen", "set_case_number"},
    Stage.WITHDRAWN: {"open", "set_case_number"},
    Stage.ENTERED_IN_ERROR: set(),
}
BY_LET_IN: Mapping[Stage, set[str]] = {
    stage: {"open", "write", "set_case_number", "leave"}
    if stage in {Stage.SENT, Stage.DELIVERED, Stage.RECEIVED, Stage.ACCEPTED, Stage.RETURNED}
    else {"open", "set_case_number", "leave"}
    for stage in BY_HOLDER
} | {Stage.WITHDRAWN: {"open", "set_case_number"}, Stage.ENTERED_IN_ERROR: set()}
BY_SENDER_TO_WHO_HAS_NO_ACCOUNT: Mapping[Stage, set[str]] = {
    Stage.DRAFT: BY_SENDER[Stage.DRAFT],
    Stage.SENT: TALK | BACK | {"close", "record_dispatch", "record_receipt"},
    Stage.CLOSED: BY_SENDER[Stage.CLOSED],
    Stage.WITHDRAWN: BY_SENDER[Stage.WITHDRAWN],
    Stage.ENTERED_IN_ERROR: set(),
}
TABLE = [
    *((PSP, stage, PSP.sender, may) for stage, may in BY_SENDER.items()),
    *((PSP, stage, PSP.taker, may) for stage, may in BY_HOLDER.items()),
    *((PSP, stage, PSP.further, may) for stage, may in BY_LET_IN.items()),
    *((UKN, stage, UKN.sender, may) for stage, may in BY_SENDER_TO_WHO_HAS_NO_ACCOUNT.items()),
]
EVERY_ROW = pytest.mark.parametrize(
    ("way", "stage", "unit", "may"), TABLE, ids=[f"{stage}-{unit}" for _, stage, unit, _ in TABLE]
)
ACCOUNTS = {"record_dispatch", "record_receipt"}


def at(after: After, way: Way, stage: Stage) -> Case:
    """Give a referral at *stage* with somebody let in, where there can be."""
    if not way.has_account or stage is Stage.DRAFT:
        return after(way, stage)
    *history, last = happened.until(way, stage)
    joined = happened.let_in(way)
    if stage in {Stage.SENT, Stage.DELIVERED, Stage.RECEIVED}:
        return after(way, None, *history, last, joined)
    return after(way, None, *history, joined, last)


def refusal(way: Way, stage: Stage, unit: UnitId, move: str) -> type[Refusal]:
    """Give the refusal that the move must meet: wrong party, other receiver or wrong stage."""
    if move in LET_INS and unit != way.further:
        return NotLetIn
    if unit == way.sender and move in HOLDERS | READERS:
        return NotTheAddressee
    if unit == way.taker and move in SENDERS:
        return NotTheSender
    if unit == way.further and move not in EVERYBODYS | READERS | LET_INS:
        return NotTheAddressee if move in HOLDERS else NotTheSender
    if move in ACCOUNTS and stage is Stage.SENT and way.has_account:
        return ReceiverHasAccount
    nothing_to_take_back = move == "withdraw_consent" and stage is not Stage.ENTERED_IN_ERROR
    return NoConsent if nothing_to_take_back else NotPossibleNow


def test_the_table_names_every_move() -> None:
    """What can be asked is in this table, and each move is somebody's."""
    safe = {move.name for move in SAFE.values()}
    assert {move.name for move in MOVES.values()} - safe == ASKS.keys()
    assert ASKS.keys() == SENDERS | HOLDERS | THE_TWO | READERS | EVERYBODYS | LET_INS
    assert set(BY_SENDER) == set(Stage)


@EVERY_ROW
def test_a_move_in_the_table_is_made(
    after: After, way: Way, stage: Stage, unit: UnitId, may: set[str]
) -> None:
    """Whatever the table allows brings about exactly one fact."""
    for move in sorted(may - {"record_gate"}):  # PSP knows no check; test_gates has the infohus
        outcome = at(after, way, stage).when(ASKS[move](way, unit))
        assert outcome.refusal is None, f"{move}: {outcome.refusal}"
        assert len(outcome.events) == 1


@EVERY_ROW
def test_a_move_outside_the_table_is_refused(
    after: After, way: Way, stage: Stage, unit: UnitId, may: set[str]
) -> None:
    """Whatever the table leaves out is refused, never passed over, with the moves allowed."""
    for move in sorted(ASKS.keys() - may):
        outcome = at(after, way, stage).when(ASKS[move](way, unit))
        refused = outcome.then_refused(refusal(way, stage, unit, move))
        assert outcome.events == ()
        if isinstance(refused, NotPossible):
            assert refused.facts["stage"] == stage
            assert set(refused.facts["allowed"]) == may - BY_ITSELF


@EVERY_ROW
def test_the_moves_shown_are_the_moves_there_are(
    after: After, way: Way, stage: Stage, unit: UnitId, may: set[str]
) -> None:
    """What a page offers is what the table allows and a person may wish for."""
    shown = moves_for(at(after, way, stage).state, unit)
    assert set(shown) == may - BY_ITSELF
    assert len(shown) == len(set(shown))


def test_a_taken_referral_offers_no_taking(after: After) -> None:
    """What a colleague has is not offered, and refused as taken."""
    for fact in (happened.claimed(PSP), happened.assigned(PSP)):
        case = after(PSP, Stage.RECEIVED, fact)
        assert "claim" not in moves_for(case.state, PSP.taker)
        case.when(asking.claim(PSP)).then_refused(AlreadyTaken)


@pytest.mark.parametrize("move", sorted(ASKS))
def test_nothing_is_asked_of_what_never_was(after: After, move: str) -> None:
    """A referral that was never begun answers every move with nothing here."""
    after(PSP).when(ASKS[move](PSP, PSP.sender)).then_refused(DoesNotExist)
    assert moves_for(NotBegun(), PSP.sender) == []


@pytest.mark.parametrize("stage", list(Stage))
def test_a_stranger_has_no_moves(after: After, stage: Stage) -> None:
    """A unit that is no party is offered nothing and gets nothing, had a door been left open."""
    case = after(PSP, stage)
    assert moves_for(case.state, who.PREVENTION) == []
    for asks in ASKS.values():
        outcome = case.when(asks(PSP, who.PREVENTION))
        assert type(outcome.refusal) in {NotTheSender, NotTheAddressee, NotLetIn}


@pytest.mark.parametrize("way", [PSP, UKN], ids=lambda way: way.programme)
def test_every_stage_has_a_fact_of_its_own(way: Way) -> None:
    """Entering a stage is a fact with a time, so that how long each took can be read off (A2)."""
    entered: dict[type[ReferralEvent], Stage] = {}
    for stage in Stage:
        if way.has_account or stage in BY_SENDER_TO_WHO_HAS_NO_ACCOUNT:
            entered[type(happened.until(way, stage)[-1])] = stage
    assert len(entered) == len(Stage) if way.has_account else len(entered) == 5
