"""What happened, and what each party was told of it: a count and a list, kept act by act.

It knows of each act what it is called as a fact and who is told. How the product stores, projects
or counts anything it does not know.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from tests.access.world_people import Unit

Scope = Literal["parties", "authority", "unit"]
CALLED: Final[dict[str, str]] = {
    "begin": "drafted",
    "edit": "draft-edited",
    "consent": "consent-recorded",
    "send": "sent",
    "receive": "received",
    "claim": "claimed",
    "assign": "assigned",
    "accept": "accepted",
    "decline": "declined",
    "return": "returned",
    "resend": "resent",
    "withdraw": "withdrawn",
    "close": "closed",
    "take_over": "closed",
    "reopen": "reopened",
    "error": "entered-in-error",
    "let_in": "party-let-in",
    "gate": "gate-recorded",
    "write": "message-written",
    "number": "case-number-set",
    "call": "call-recorded",
    "dispatch": "dispatch-recorded",
    "receipt": "receipt-recorded",
    "withdraw_consent": "consent-withdrawn",
    "leave": "party-left",
    "name_staff": "staff-named",
    "exclude_staff": "staff-excluded",
    "readmit_staff": "staff-readmitted",
    "break_glass": "glass-broken",
    "review_glass": "glass-reviewed",
    "protect_address": "address-protected",
    "end_protection": "address-protection-ended",
    "ask_leaving": "leaving-asked",
    "approve_leaving": "leaving-approved",
    "refuse_leaving": "leaving-refused",
    "set_task": "task-set",
    "finish_task": "task-done",
}
"""What an act is called once it has happened."""
TO_THE_UNIT: Final = frozenset(
    {"claim", "assign", "gate", "name_staff", "exclude_staff", "readmit_staff"}
    | {"set_task", "finish_task"}
)
TO_THE_AUTHORITY: Final = frozenset(
    {"number", "break_glass", "review_glass", "ask_leaving", "approve_leaving", "refuse_leaving"}
)
"""How a unit divides its work, and what an authority keeps to itself; all else is told to all."""
CONCERN: Final = frozenset({"consent-recorded", "sent", "resent"})
"""What who joins is told of the time before; the talk only where it was so decided."""
DRAFT: Final = frozenset({"drafted", "draft-edited"})
UNCOUNTED: Final = frozenset({"try-noticed", "try-seen-to"})
"""What is told to some of a unit alone, and moves no count."""


@dataclass
class Fact:
    """Something that happened: what, by which unit, and who is told."""

    kind: str
    unit: Unit
    scope: Scope = "parties"

    def is_for(self, unit: Unit, *, gone: bool) -> bool:
        """Whether a party is told of it: who is *gone* hears of its own doings alone."""
        if unit.id == self.unit.id:
            return True
        if self.scope == "unit" or gone:
            return False
        return self.scope == "parties" or unit.authority == self.unit.authority


def fact_of(act: str, unit: Unit) -> Fact:
    """Give the fact that an act brings about."""
    if act in TO_THE_UNIT:
        return Fact(CALLED[act], unit, "unit")
    return Fact(CALLED[act], unit, "authority" if act in TO_THE_AUTHORITY else "parties")


@dataclass
class Told:
    """What one party was told: how often, what of it stands there yet, and how far it knows."""

    count: int = 0
    facts: list[Fact] = field(default_factory=list)
    early: list[Fact] = field(default_factory=list)
    """The talk of before it joined: told as long as its profile goes back so far."""
    stage: str | None = None
    """How far the case was when it heard the last of it; None as long as it hears more."""

    def hear(self, fact: Fact) -> None:
        """Take in one more."""
        self.facts.append(fact)
        self.count += 1

    def join(self, before: Iterable[Fact], by: Fact, *, from_start: bool) -> None:
        """Begin with what was told before: of the concern, or from the start of the talk as well.

        *before* is what the sender was told; *by* brings the party in.
        """
        for fact in before:
            talk = fact.scope == "parties" and fact.kind not in DRAFT and from_start
            if fact is not by and (fact.kind in CONCERN or talk):
                self.hear(fact)
                self.early += [] if fact.kind in CONCERN else [fact]
        self.hear(by)

    def shown(self, *, goes_back: bool) -> list[Fact]:
        """Give what stands there for who is shown, or is not, what was said before it joined."""
        hidden = [] if goes_back else self.early
        return [fact for fact in self.facts if not any(fact is each for each in hidden)]

    def close(self, how: str, unit: Unit, *, holds: bool, stage: str) -> None:
        """Keep what the authority did itself and, who holds it, the concern as it was accepted.

        After a takeover nothing stays but that it is over.
        """
        *before, last = self.facts
        accepted = [at for at, fact in enumerate(before) if fact.kind == "accepted"]
        until = accepted[-1] if accepted and holds else 0
        kept = [
            fact
            for at, fact in enumerate(before)
            if fact.unit.authority == unit.authority or (at < until and fact.kind in CONCERN)
        ]
        self.facts = [last] if how == "taken_over" else [*kept, last]
        self.stage = stage
