"""Random histories: what many people ask of one referral, lawful or not, and what comes of it.

A walk is a list of small numbers. Each step is read against where the referral stands: mostly a
move that one of the parties can make now, at times any move by anybody, a stranger too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from pydantic import BaseModel

from services.referrals.domain.referral import decider
from services.referrals.domain.referral.access import guarded_by
from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.domain.referral.decisions import moves_for
from services.referrals.domain.referral.events import ReferralEvent, Urgency
from services.referrals.domain.referral.state import Begun, Referral, Stage
from services.referrals.projections.party_line import PartyView
from shared.kernel.ids import BasisId, UnitId
from shared.kernel.recorded import Recorded
from shared.kernel.refusals import Refusal
from shared.rulebook.slices import Rules
from tests.referrals import asking, keeping, log
from tests.referrals import people as who
from tests.referrals.ways import BANDEEXIT, Way

M = TypeVar("M", bound=BaseModel)
Asks = Callable[[Way, UnitId, int], ReferralCommand]
RESULTS = ("intet_til_hinder", "intet_til_hinder", "overdraget_til_politiet", "ukendt")
WORDS = (None, "Kort sagt.", None)


def _edit(way: Way, unit: UnitId, n: int) -> ReferralCommand:
    left_out = list(way.answers)[n % len(way.answers)]
    whole = n % 3 > 0
    answers = {name: a for name, a in way.answers.items() if whole or name != left_out}
    return asking.edit(way, unit=unit, intake=answers, urgency=list(Urgency)[n % 3])


def _send(way: Way, unit: UnitId, n: int) -> ReferralCommand:
    other = BasisId("rpl-115-1-1")
    return asking.send(
        way,
        unit=unit,
        addressee=who.PSP_RANDERS if n == 1 else way.addressee,
        basis=other if n % 5 == 2 else way.basis,
        basis_reason=WORDS[n % 3],
        chosen_because=asking.WHY_THIS_ONE if n % 7 else None,
    )


def _consent(way: Way, unit: UnitId, n: int) -> ReferralCommand:
    receivers = (who.AUTHORITY_OF[way.taker], who.AUTHORITY_OF[way.further], who.RANDERS)
    return asking.consent(way, unit=unit, receivers=receivers[: 1 + n % 3])


def _let_in(way: Way, unit: UnitId, n: int) -> ReferralCommand:
    units = (way.further, way.further, who.PROBATION, who.FAMILY_ODDER, who.FAMILY_FAVRSKOV)
    return asking.let_in(way, units[n % 5], unit=unit, sees=("joining", "start")[n % 2])


def _name(way: Way, unit: UnitId, _n: int) -> ReferralCommand:
    """Name who works there; a secret case knows people by codes that a walk has none of."""
    return keeping.entrust(unit) if way is BANDEEXIT else keeping.name(unit)


ASKS: Mapping[str, Asks] = {
    "draft": lambda way, unit, _: asking.draft(way, unit=unit),
    "edit": _edit,
    "record_consent": _consent,
    "send": _send,
    "deliver": lambda way, unit, _: asking.deliver(way).model_copy(update={"unit": unit}),
    "receive": lambda way, unit, _: asking.receive(way, unit),
    "open": lambda way, unit, _: asking.open_it(way, unit),
    "claim": lambda way, unit, _: asking.claim(way, unit),
    "assign": lambda way, unit, _: asking.assign(way, unit),
    "accept": lambda way, unit, _: asking.accept(way, unit),
    "decline": lambda way, unit, n: asking.decline(way, unit, note=WORDS[n % 3]),
    "return": lambda way, unit, _: asking.send_back(way, unit),
    "resend": lambda way, unit, _: asking.send_again(way, unit),
    "withdraw": lambda way, unit, _: asking.withdraw(way, unit),
    "close": lambda way, unit, n: asking.close(way, unit, note=WORDS[n % 3]),
    "reopen": lambda way, unit, _: asking.reopen(way, unit),
    "enter_in_error": lambda way, unit, _: asking.enter_in_error(way, unit),
    "let_in": _let_in,
    "record_gate": lambda way, unit, n: asking.check(way, RESULTS[n % 4], by=unit),
    "write": lambda way, unit, _: asking.write(way, unit),
    "set_case_number": lambda way, unit, _: asking.number(way, unit),
    "record_call": lambda way, unit, _: asking.call(way, unit),
    "record_dispatch": lambda way, unit, _: asking.dispatch(way, unit),
    "record_receipt": lambda way, unit, _: asking.receipt(way, unit),
    "withdraw_consent": lambda _, unit, n: keeping.take_back(unit, note=WORDS[n % 3]),
    "leave": lambda _, unit, __: keeping.leave(unit),
    "name_staff": _name,
    "exclude_staff": lambda _, unit, __: keeping.exclude(unit),
    "readmit_staff": lambda _, unit, __: keeping.readmit(unit),
    "break_glass": lambda _, unit, n: keeping.smash(unit, hours=(None, 1, 3)[n % 3]),
    "review_glass": lambda _, unit, __: keeping.review(unit),
    "protect_address": lambda _, unit, n: keeping.protect(unit, threat=n % 3 == 0),
    "end_protection": lambda _, unit, __: keeping.unprotect(unit),
    "ask_leaving": lambda _, unit, n: keeping.let_out(unit, life_at_stake=n % 2 == 0),
    "approve_leaving": lambda _, unit, __: keeping.approve(unit),
    "refuse_leaving": lambda _, unit, __: keeping.refuse(unit),
    "set_task": lambda _, unit, n: keeping.entrust(unit, days=n % 3 - 1),
    "finish_task": lambda _, unit, __: keeping.finish(unit),
}
SAFE = (
    *("name_staff", "exclude_staff", "readmit_staff", "break_glass", "review_glass"),
    *("protect_address", "end_protection", "ask_leaving", "approve_leaving", "refuse_leaving"),
    *("set_task", "finish_task"),
)
"""What is offered to nobody as a move, and any party may wish for."""
ONWARD = {"send", "deliver", "receive", "accept", "decline", "return", "resend", "close", "let_in"}
"""Moves that lead further: a walk takes them most often."""
ENDS = {"withdraw", "enter_in_error", "withdraw_consent", "leave"}
"""Moves after which little happens: a walk takes them seldom."""


STRANGERS = (who.PROBATION, who.PREVENTION)
WILD, WHAT, HOW = 4, 499, 20
"""The largest number that each part of a step can be."""


class Step(NamedTuple):
    """What is asked, by whom and how. ``who`` at its largest: anything, by anybody."""

    who: int
    what: int
    how: int


def walks(longest: int = 40, shortest: int = 10) -> st.SearchStrategy[list[Step]]:
    """Give lists of steps."""
    step = st.builds(Step, st.integers(0, WILD), st.integers(0, WHAT), st.integers(0, HOW))
    return st.lists(step, min_size=shortest, max_size=longest)


@dataclass
class Walk:
    """One referral on its way: the facts in clear and shut, the states, what everybody sees.

    ``clear`` is the state as its own authority may open it, ``state`` as everybody else folds it.
    """

    way: Way
    rules: Rules
    facts: list[Recorded[ReferralEvent]] = field(default_factory=list)
    clear: Referral = decider.initial
    state: Referral = decider.initial
    lines: Mapping[str, PartyView] = field(default_factory=dict)
    stages: set[Stage] = field(default_factory=set)
    asked: list[tuple[ReferralCommand, bool]] = field(default_factory=list)
    """Each request, and whether it was refused."""

    def take(self, steps: Sequence[Step]) -> None:
        """Begin it and ask one thing after the other; refusals are part of it."""
        self.ask(asking.draft(self.way))
        for step in steps:
            self.ask(self._read(step))

    def ask(self, command: ReferralCommand) -> None:
        """Ask one thing and let what is decided happen."""
        answer = self.answer(command)
        self.asked.append((command, isinstance(answer, Refusal)))
        for event in () if isinstance(answer, Refusal) else answer:
            self.happen(log.recorded(event, len(self.facts)))

    def answer(self, command: ReferralCommand) -> tuple[ReferralEvent, ...] | Refusal:
        """Decide as the handler would, with content opened only for a request that needs it."""
        state = self.clear if command.reads_content else self.state
        guard = guarded_by(lambda _command, _referral: self.rules)
        try:
            guard(keeping.acting(command), keeping.ANEW, command, state)
            return decider.decide(command, state, self.rules)
        except Refusal as refusal:
            return refusal

    def happen(self, fact: Recorded[ReferralEvent]) -> None:
        """Let a fact have its effect everywhere."""
        shut = log.shut(fact)
        self.facts.append(fact)
        self.clear = decider.evolve(self.clear, fact)
        self.state = decider.evolve(self.state, shut)
        if isinstance(self.state, Begun):
            self.stages.add(self.state.stage)
        self.lines = log.project(self.lines, shut)

    def _read(self, step: Step) -> ReferralCommand:
        way = self.way
        parties = (way.sender, way.taker, way.further)
        anything = [(unit, move) for unit in (*parties, *STRANGERS) for move in ASKS]
        lawful = [(unit, move) for unit in parties for move in moves_for(self.state, unit)]
        lawful += [(way.taker, "deliver"), (way.taker, "open"), (way.further, "open")]
        lawful += [(unit, SAFE[step.how % len(SAFE)]) for unit in parties]
        wished = anything if step.who == WILD else [*lawful, *_onward(lawful) * 10]
        wished = [(unit, move) for unit, move in wished if move not in ENDS or step.how == HOW]
        unit, move = wished[step.what % len(wished)]
        return self.aimed(ASKS[move](way, unit, step.how), step.how)

    def aimed(self, command: ReferralCommand, n: int) -> ReferralCommand:
        """Give a request about something that there is, where it is about one thing of several."""
        if not isinstance(self.state, Begun):
            return command
        kept = self.state.safeguards
        there = {
            "consent": [consent.event for consent in self.state.consents],
            "glass": [*kept.glasses],
            "leaving": [*kept.leavings],
            "task": [*kept.tasks],
        }
        for name, ids in there.items():
            if name in type(command).model_fields and ids:
                return command.model_copy(update={name: ids[n % len(ids)]})
        return command


def _onward(moves: Sequence[tuple[UnitId, str]]) -> list[tuple[UnitId, str]]:
    return [(unit, move) for unit, move in moves if move in ONWARD]


def about(message: M, stored: Mapping[UUID, UUID]) -> M:
    """Give a request or a fact with the ids that facts have in the store, in place of a walk's."""
    named = {
        name: stored[value]
        for name, value in message
        if isinstance(value, UUID) and value in stored
    }
    return message.model_copy(update=named)
