"""Making further units parties, and the checks that a programme demands first."""

from typing import cast, get_args

from services.referrals.domain.referral.commands import LetIn, RecordGate
from services.referrals.domain.referral.events import GateRecorded
from services.referrals.domain.referral.form import categories
from services.referrals.domain.referral.refusals import (
    AlreadyAParty,
    ConsentMissing,
    GateNotPassed,
    MayNotBeLetIn,
    NotFromTheStart,
    NotYourCheck,
    UnknownGate,
    UnknownUnit,
)
from services.referrals.domain.referral.state import Begun
from services.referrals.domain.sharing.events import PartyLetIn
from services.referrals.domain.sharing.refusals import TookPart
from shared.kernel.ids import AuthorityId
from shared.kernel.personal import Hidden, Personal
from shared.rulebook.slices import Basis, Move, Rules, Unit


def gates_passed(move: str, referral: Begun, rules: Rules) -> None:
    """Refuse a move whose gate is not recorded as passed (law on infohuse: police check first)."""
    gate = rules.gate_before(cast("Move", move)) if move in get_args(Move) else None
    if gate is not None and not referral.gates.get(gate.id, False):
        raise GateNotPassed(gate=gate.id, da=gate.da, detail=gate.en)


def let_in(command: LetIn, referral: Begun, rules: Rules) -> tuple[PartyLetIn]:
    """Let a unit in on a basis that the programme gives the holder for it (law §2, §6, §7).

    How far back it sees is decided here, and no further than its profile goes.
    """
    unit = rules.unit(command.party)
    if unit is None:
        raise UnknownUnit
    if command.party in referral.closings:
        raise TookPart
    if referral.role_of(command.party) is not None:
        raise AlreadyAParty
    basis = _basis(command, unit, rules)
    if basis.requires == "consent" and not referral.consents_to(AuthorityId(unit.authority)):
        raise ConsentMissing
    return (
        PartyLetIn(
            by=Hidden(command.unit),
            party=Hidden(command.party),
            party_authority=Hidden(AuthorityId(unit.authority)),
            basis=Hidden(command.basis),
            reason=Personal(command.reason),
            categories=Hidden(categories(referral.intake, rules)),
            sees=Hidden(command.sees),
            counterpart=Hidden(command.counterpart),
        ),
    )


def _basis(command: LetIn, unit: Unit, rules: Rules) -> Basis:
    """Give the basis on which the programme lets a unit in, to as much as it is asked for."""
    basis = rules.let_in(command.unit, command.party, command.basis)
    if basis is None:
        raise MayNotBeLetIn
    if command.sees == "start" and rules.goes_back("let_in", unit.kind) != "start":
        raise NotFromTheStart
    return basis


def gate_recorded(command: RecordGate, _referral: Begun, rules: Rules) -> tuple[GateRecorded]:
    """Record a check with a result that the programme knows, by the kind of unit that makes it."""
    gate = rules.gate(command.gate)
    passes = gate.passes(command.result) if gate else None
    if gate is None or passes is None:
        raise UnknownGate
    if not rules.may_record(gate, command.unit):
        raise NotYourCheck
    return (
        GateRecorded(
            by=Hidden(command.unit),
            gate=Hidden(gate.id),
            result=Hidden(command.result),
            passes=passes,
            note=Personal(command.note) if command.note else None,
        ),
    )
