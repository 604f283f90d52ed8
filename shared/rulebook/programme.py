"""One programme's rules: who may refer whom to whom, on what basis, with which form and clocks."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from shared.rulebook import vocabulary
from shared.rulebook.disclosing import BreakGlass, Disclosure, Leaving, Protection
from shared.rulebook.district import ForumKind
from shared.rulebook.entries import (
    Age,
    BasisRef,
    Entry,
    Id,
    ProgrammeRef,
    RouteRef,
    Said,
    Sentence,
    Source,
    Unknown,
    Worded,
)

Category = vocabulary.Category
"""See ``shared.rulebook.vocabulary``; programmes are where it is met."""
Urgency = Literal["akut", "hurtig", "almindelig"]
ClockUnit = Literal["hours", "calendar_days", "working_days"]
Move = Literal[
    "send",
    "receive",
    "claim",
    "accept",
    "decline",
    "return",
    "withdraw",
    "let_in",
    "close",
    "reopen",
]
"""The moves of the handover that a programme may put a gate before."""


class Basis(Worded):
    """A legal basis for disclosing, and what choosing it demands besides the choice.

    Information on a basis in ``section_115`` is never used for investigation (law §2).
    """

    id: BasisRef
    requires: Literal["nothing", "consent", "reason"] = "nothing"
    section_115: bool = False


class Purpose(Said):
    """What a disclosure is for. Investigation is never one (retsplejeloven § 115, stk. 2)."""


class WayOn(Said):
    """The lawful way on for an age that a route does not take."""

    lowest: Age
    highest: Age | None = None


class Ages(Said):
    """The ages a route takes, both ends included; ``warn`` lets an authorised person go on."""

    lowest: Age
    highest: Age | None = None
    mode: Literal["enforce", "warn"]
    otherwise: tuple[WayOn, ...]

    def take(self, age: int) -> bool:
        """Whether *age* in full years lies within."""
        return self.lowest <= age and (self.highest is None or age <= self.highest)

    def way_on(self, age: int) -> WayOn | None:
        """Where a person of *age*, not taken here, is to be helped instead."""
        return next(
            (
                w
                for w in self.otherwise
                if w.lowest <= age <= (age if w.highest is None else w.highest)
            ),
            None,
        )


class AgeRange(Entry):
    """The ages a whole programme is for, both ends included."""

    lowest: Age
    highest: Age | None = None


class Subject(Entry):
    """Whom the programme is for, and the date an age is measured on."""

    ages: AgeRange | Literal["all"]
    measured_on: Literal["act", "referral"] | Unknown
    source: Source


class Addressee(Entry):
    """Where a route ends: units of one kind, intakes of one kind of forum, or outside.

    ``outside`` is a receiver that is not in the directory and is addressed by name.
    """

    unit_kind: Id | None = None
    forum_kind: ForumKind | None = None
    outside: Literal[True] | None = None


class Route(Worded):
    """A way that a referral may go: from units of some kinds to one kind of addressee."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True)

    id: RouteRef
    senders: Annotated[tuple[Id, ...], Field(alias="from")]
    to: Addressee
    bases: tuple[BasisRef, ...]
    purposes: tuple[Id, ...]
    ages: Ages | None = None


class IntakeField(Said):
    """One question of the intake form."""

    category: Category
    required: bool
    answer: dict[str, JsonValue]


class Intake(Entry):
    """The form a sender fills in; ``together`` are JSON Schemas over the whole of it."""

    fields: tuple[IntakeField, ...]
    together: tuple[dict[str, JsonValue], ...] = ()


class GateResult(Said):
    """What a gate may come to."""

    passes: bool


class Gate(Said):
    """A fact with a result that must be on record before a move."""

    before: tuple[Move, ...]
    by: tuple[Id, ...]
    results: tuple[GateResult, ...]

    def passes(self, result_id: str) -> bool | None:
        """Whether this result opens the gate; None when there is no such result."""
        return next((result.passes for result in self.results if result.id == result_id), None)


class LetIn(Said):
    """Who may be made a further party by the unit that holds the referral, on which bases."""

    forum_members: bool
    unit_kinds: tuple[Id, ...] = ()
    bases: tuple[BasisRef, ...]


class Consent(Worded):
    """What a consent must be when a basis demands one."""

    forms: tuple[Literal["written", "oral"], ...]


class DeclineReason(Said):
    """Why a referral may be declined, and by whose choice."""

    declined_by: Literal["subject", "agency", "capacity", "legal"]


class Outcome(Said):
    """How a referral may end; by a ``takeover`` the police take it out of the cooperation."""

    takeover: bool = False


class Clock(Entry):
    """A length of time with its unit; days are civil days in Denmark."""

    amount: Annotated[int, Field(ge=1, le=3660)]
    unit: ClockUnit


class AnswerClock(Entry):
    """How long the addressee has to answer, by urgency, and from which moment."""

    start: Literal["delivery"]
    akut: Clock
    hurtig: Clock
    almindelig: Clock
    source: Source


class CoverageRule(Worded):
    """How an addressee is found: by the coverage links, or, where unknown, by a reasoned choice."""

    forum_kind: ForumKind
    when_unknown: Literal["sender_chooses_with_reason"]


class Programme(Entry):
    """Everything that one programme adds to the common handover of a referral."""

    id: ProgrammeRef
    da: Sentence
    en: Sentence
    source: Source
    existence: vocabulary.Existence
    space: vocabulary.Space
    members: vocabulary.Members
    subject: Subject
    bases: tuple[Basis, ...]
    purposes: tuple[Purpose, ...]
    routes: tuple[Route, ...]
    coverage: CoverageRule | None = None
    consent: Consent | None = None
    intake: Intake
    gates: tuple[Gate, ...] = ()
    let_in: tuple[LetIn, ...] = ()
    decline_reasons: tuple[DeclineReason, ...]
    outcomes: tuple[Outcome, ...]
    answer_clock: AnswerClock
    disclosure: tuple[Disclosure, ...]
    protection: Protection
    break_glass: BreakGlass | None = None
    leaving: Leaving | None = None
