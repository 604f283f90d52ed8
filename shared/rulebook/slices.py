"""The rules that hold for one programme at one moment: what a decision may ask.

``Rules`` is a plain frozen value. The handler picks it by (programme, occurred_at) with
``Rulebook.rules``; nothing here reads a file, a clock or a database, and nothing refuses:
a question without an answer gives None, and the domain says what that means.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from shared.kernel.ids import ForumId
from shared.rulebook.ages import Eligible, NotEligible, Undecided, judge
from shared.rulebook.days import closing_dates, due, next_open
from shared.rulebook.disclosing import LONGEST_GLASS, LeavingBasis, Protection
from shared.rulebook.district import Authority, Call, District, Docket, Forum, Unit
from shared.rulebook.entries import Unknown, found
from shared.rulebook.forms import FormError, form_errors
from shared.rulebook.programme import (
    Basis,
    Clock,
    Consent,
    DeclineReason,
    Gate,
    IntakeField,
    LetIn,
    Move,
    Outcome,
    Programme,
    Purpose,
    Route,
    Urgency,
)
from shared.rulebook.safeguarding import Safeguarding
from shared.rulebook.vocabulary import Category, Existence, Members, Role, Space

__all__ = [
    "LONGEST_GLASS",
    "Authority",
    "Basis",
    "Call",
    "Category",
    "Choice",
    "Clock",
    "Consent",
    "DeclineReason",
    "District",
    "Docket",
    "Eligible",
    "Existence",
    "FormError",
    "Forum",
    "Gate",
    "IntakeField",
    "LeavingBasis",
    "LetIn",
    "Members",
    "Move",
    "NotEligible",
    "Outcome",
    "Programme",
    "Protection",
    "Purpose",
    "Role",
    "Route",
    "Rules",
    "Space",
    "Undecided",
    "Unit",
    "Unknown",
    "Urgency",
]


Choice = Literal["covered", "needs_reason", "not_covered"]
"""A chosen forum against the coverage links: it covers; nobody knows; another one covers."""


@dataclass(frozen=True, slots=True)
class Rules(Safeguarding):
    """The slice of the rulebook for one programme at one moment."""

    district: District
    programme: Programme
    on: date
    """The civil date (Europe/Copenhagen) of the moment the slice was picked for."""
    programme_hash: str
    manifest_hash: str
    form: str
    """The intake form as one JSON Schema, in its RFC 8785 text."""

    # -- the programme -------------------------------------------------------------------

    @property
    def consent(self) -> Consent | None:
        """What a consent must be in this programme; None when it asks for none."""
        return self.programme.consent

    def route(self, sender: str, addressee: str) -> Route | None:
        """The route from unit *sender* to *addressee* (the id of a unit or a forum), if any."""
        giver, taker = self.unit(sender), self.addressed_unit(addressee)
        if giver is None or taker is None or giver.id == taker.id:
            return None
        routes = (r for r in self.programme.routes if giver.kind in r.senders)
        return next((r for r in routes if self._ends_at(r, taker)), None)

    def route_outside(self, sender: str) -> Route | None:
        """The route from unit *sender* to a named receiver that is not in the directory, if any."""
        giver = self.unit(sender)
        routes = (r for r in self.programme.routes if giver and giver.kind in r.senders)
        return next((r for r in routes if r.to.outside), None)

    def basis(self, route: Route, basis_id: str) -> Basis | None:
        """The legal basis with this id, if the route knows it; ``requires``: what it demands."""
        return found(self.programme.bases, basis_id) if basis_id in route.bases else None

    def purpose(self, route: Route, purpose_id: str) -> Purpose | None:
        """The purpose with this id, if the route knows it."""
        return found(self.programme.purposes, purpose_id) if purpose_id in route.purposes else None

    def eligible(
        self, route: Route, birth: date | None, *, act: date | None, referral: date
    ) -> Eligible | NotEligible | Undecided:
        """Whether a person born on *birth* is of an age the route takes.

        *act* is the date of the act and *referral* that of sending, both civil dates. Where the
        law does not say which of them counts, both must agree, else it is ``Undecided``.
        """
        measured_on = self.programme.subject.measured_on
        return judge(route.ages, measured_on, birth, act=act, referral=referral)

    def gate_before(self, move: Move) -> Gate | None:
        """The gate that must have been passed before *move*."""
        return next((gate for gate in self.programme.gates if move in gate.before), None)

    def gate(self, gate_id: str) -> Gate | None:
        """The gate with this id. ``gate.by`` are the kinds of unit that may record its result."""
        return found(self.programme.gates, gate_id)

    def may_record(self, gate: Gate, unit_id: str) -> bool:
        """Whether this unit is of a kind that records the result of *gate*."""
        unit = self.unit(unit_id)
        return unit is not None and unit.kind in gate.by

    def let_in(self, holder: str, further: str, basis_id: str) -> Basis | None:
        """The basis on which *holder* may let unit *further* in; None: not on this basis."""
        allowed = (entry for entry in self.programme.let_in if basis_id in entry.bases)
        if any(self._may_enter(entry, holder, further) for entry in allowed):
            return found(self.programme.bases, basis_id)
        return None

    def decline_reason(self, reason_id: str) -> DeclineReason | None:
        """The structured reason for declining with this id."""
        return found(self.programme.decline_reasons, reason_id)

    def outcome(self, outcome_id: str) -> Outcome | None:
        """The outcome of a closed referral with this id."""
        return found(self.programme.outcomes, outcome_id)

    # -- the form ------------------------------------------------------------------------

    def intake_field(self, field_id: str) -> IntakeField | None:
        """One question of the intake form, with its data category and labels."""
        return found(self.programme.intake.fields, field_id)

    def intake_errors(self, answers: Mapping[str, object]) -> tuple[FormError, ...]:
        """What is missing or wrong in *answers*, by field; never repeats what was answered."""
        return form_errors(self.form, self.programme.intake.fields, answers)

    # -- time ----------------------------------------------------------------------------

    def clock(self, urgency: Urgency) -> Clock:
        """How long the addressee has to answer; it runs from delivery."""
        clocks = self.programme.answer_clock
        return {"akut": clocks.akut, "hurtig": clocks.hurtig, "almindelig": clocks.almindelig}[
            urgency
        ]

    def due(self, start: datetime, clock: Clock) -> datetime:
        """The moment *clock* runs out, in UTC; *start* must be aware.

        Hours run without pause. Days end at 23:59:59 Danish time, the day of *start* not counted.
        """
        return due(start, clock, self.district.closing_days)

    def next_staffed(self, unit_id: str, at: datetime) -> datetime | None:
        """When the unit is next staffed or on call, in UTC: *at* if it is now; None if unknown."""
        unit = self.unit(unit_id)
        if unit is None:
            return None
        closed = closing_dates(self.district.closing_days)
        known = [h for h in self.district.opening_hours if h.id in (unit.hours, unit.on_call)]
        moments = [moment for h in known if (moment := next_open(h, at, closed))]
        return min(moments, default=None)

    # -- who is who ----------------------------------------------------------------------

    def unit(self, unit_id: str) -> Unit | None:
        """The unit with this id, in force now. ``account`` says whether it can be reached here."""
        return self.district.unit(unit_id, self.on)

    def authority_of(self, unit_id: str) -> Authority | None:
        """The authority a unit belongs to."""
        unit = self.unit(unit_id)
        return self.district.authority(unit.authority, self.on) if unit else None

    def leads(self, office: str) -> bool:
        """Whether this office says which of a unit's people work on a case."""
        known = self.district.office_by_id.get(office)
        return known is not None and known.leads

    def goes_back(self, role: Role, unit_kind: str) -> Literal["joining", "start"]:
        """From when on the disclosure profile lets a party see; without an entry, from joining."""
        entries = (each for each in self.programme.disclosure if each.is_for(role, unit_kind))
        return next((each.starts for each in entries), "joining")

    def forum_of_intake(self, unit_id: str) -> Forum | None:
        """The forum whose intake this unit is."""
        return self.district.forum_of_intake(unit_id, self.on)

    def addressed_unit(self, addressee: str) -> Unit | None:
        """The unit that gets what is sent to *addressee*: itself, or the intake of the forum."""
        forum = self.district.forum(addressee, self.on)
        return self.unit(forum.intake if forum else addressee)

    def whom_to_call(self, unit_id: str) -> tuple[Call, ...]:
        """Whom to telephone when something for this unit cannot wait: its own numbers first."""
        unit = self.unit(unit_id)
        return (unit.akut if unit else ()) + self.district.akut

    def coverage(self, municipality: str) -> tuple[ForumId, ...] | Unknown:
        """The ids of the infohuse that take this municipality's cases, or ``unknown``."""
        return self.district.coverage_of(municipality, self.on)

    def choice(self, municipality: str, addressee: str) -> Choice:
        """How a chosen *addressee* stands to the coverage of *municipality* (authority ids).

        A programme without a coverage rule leaves the choice open: everything is covered.
        """
        rule, unit = self.programme.coverage, self.addressed_unit(addressee)
        forum = self.forum_of_intake(unit.id) if unit else None
        if rule is None or forum is None or forum.kind != rule.forum_kind:
            return "covered"
        covering = self.coverage(municipality)
        if covering == "unknown":
            return "needs_reason"
        return "covered" if forum.id in covering else "not_covered"

    # ------------------------------------------------------------------------------------

    def _ends_at(self, route: Route, taker: Unit) -> bool:
        if route.to.unit_kind is not None:
            return taker.kind == route.to.unit_kind
        forum = self.forum_of_intake(taker.id)
        return forum is not None and forum.kind == route.to.forum_kind

    def _may_enter(self, entry: LetIn, holder: str, further: str) -> bool:
        unit, forum = self.unit(further), self.forum_of_intake(holder)
        if unit is None or not unit.account or further == holder:
            return False
        members = forum.unit_ids(self.on) if forum and entry.forum_members else ()
        return further in members or unit.kind in entry.unit_kinds
