"""Who may have which piece of text now: a small model of its own, folded from requests and answers.

It knows the rulebook's files as they are written, and nothing of the product: no state, no
decision, no projection, no policy. For each text it keeps who wrote it, what kind of data it is and
when it was said; for each person it answers whether they may have it, and whether they must.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tests.access.world_people import Seat, Unit, entry_of
from tests.access.world_told import Fact, Scope, Told

ENVELOPE: Final = "administrative"
JUDGES: Final = frozenset({"leader", "dpo"})
"""Offices that answer afterwards for glass that was broken."""
FINAL: Final = frozenset({"consent_withdrawn", "taken_over", "left"})


@dataclass
class Text:
    """Something that was written: by whom, what kind of data, when, and who it is told to."""

    number: int
    name: str
    unit: Unit
    category: str
    step: int
    scope: Scope = "parties"
    concern: bool = False
    intake: bool = False
    judged: bool = False
    replaced: bool = False


@dataclass
class Party:
    """A unit that takes part, and how its shared view has closed."""

    unit: Unit
    role: str
    joined: int
    basis: str | None = None
    from_start: bool = False
    counterpart: bool = False
    closed: str | None = None
    closed_step: int = 0
    guarded: str | None = None
    told: Told = field(default_factory=Told)

    @property
    def gone(self) -> bool:
        """Whether it hears of nothing more."""
        return self.closed in FINAL


@dataclass
class Case:
    """One referral, as the model follows it."""

    id: str
    programme: Mapping[str, Any]
    parties: dict[str, Party]
    stage: str = "draft"
    step: int = 0
    sent: bool = False
    accepted: int | None = None
    taken: bool = False
    texts: dict[int, Text] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    excluded: dict[str, set[str]] = field(default_factory=dict)
    glasses: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    consents: dict[str, frozenset[str]] = field(default_factory=dict)
    broken: list[tuple[str, str]] = field(default_factory=list)
    leavings: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[tuple[str, str]] = field(default_factory=list)
    etag: str = ""
    story: list[str] = field(default_factory=list)
    last: Fact | None = None
    course: list[str] = field(default_factory=list)

    @property
    def secret(self) -> bool:
        """Whether its very existence is hidden."""
        return bool(self.programme["existence"] == "secret")

    def as_role(self, role: str) -> Party | None:
        """Give the party of a role, the first where there are several."""
        return next((each for each in self.parties.values() if each.role == role), None)

    def is_in_vain(self, name: str, unit: Unit) -> bool:
        """Whether an act changes nothing: who is gone protects what is under threat already."""
        threat = any(party.guarded == "threat" for party in self.parties.values())
        return name == "protect_address" and threat and self.parties[unit.id].gone

    def tell(self, fact: Fact) -> None:
        """Let everybody hear of it who is told."""
        self.last = fact
        for party in self.parties.values():
            if fact.is_for(party.unit, gone=party.gone):
                party.told.hear(fact)

    def opened_by(self, seat: Seat) -> None:
        """Tell of the first look of a unit that received it, by somebody who works on it."""
        party = self.parties.get(seat.unit.id)
        if party is None or party.role == "sender" or party.closed or not seat.works:
            return
        first = not any(f.kind == "opened" and f.unit == seat.unit for f in party.told.facts)
        if first and self.works_on(seat) and self.stage != "entered_in_error":
            self.tell(Fact("opened", seat.unit))

    def stage_for(self, party: Party) -> str:
        """Give how far it has come, as far as a party was told."""
        return party.told.stage or self.stage if party.gone else self.stage

    def close(self, parties: Iterator[Party] | list[Party], kind: str) -> None:
        """Close views that are open yet."""
        for party in list(parties):
            if party.closed is None:
                party.closed, party.closed_step = kind, self.step
                holds = party.role == "holder"
                party.told.close(kind, party.unit, holds=holds, stage=self.stage)

    def name(self, unit: str, person: str) -> None:
        """Put a person of a unit on the case."""
        self.named.setdefault(unit, set()).add(person)

    def end_consent(self, consent: str, rests: Mapping[str, Any]) -> None:
        """Take a consent back: whose taking part rested on it, takes part no longer."""
        self.consents.pop(consent, None)
        still = frozenset[str]().union(*self.consents.values())
        open_to = [each for each in self.parties.values() if each.closed is None]
        ended = [
            each
            for each in open_to
            if each.basis and rests[each.basis] == "consent" and each.unit.authority not in still
        ]
        self.close(
            open_to if any(e.role == "holder" for e in ended) else ended, "consent_withdrawn"
        )

    # ------------------------------------------------------------------ what a person may have

    def profile(self, party: Party) -> frozenset[str]:
        """Give the kinds of data that the programme's file gives a party of what others wrote."""
        entry = entry_of(self.programme, party.role, party.unit)
        return frozenset(entry["categories"]) - ({"contact"} if party.counterpart else set())

    def goes_back(self, party: Party) -> bool:
        """Whether a party is shown what was said before it joined: both it and the file say so."""
        entry = entry_of(self.programme, party.role, party.unit)
        return party.from_start and entry.get("from") == "start"

    def party_of(self, seat: Seat) -> Party | None:
        """Give as which party somebody looks: as their unit, or for their whole authority."""
        mine = self.parties.get(seat.unit.id)
        if mine or not seat.oversees or not self.sent:
            return mine
        ours = (p for p in self.parties.values() if p.unit.authority == seat.unit.authority)
        return min(ours, key=lambda p: p.joined, default=None)

    def works_on(self, seat: Seat) -> bool:
        """Whether a person is on the case: everybody is until the unit has named its people."""
        staff = self.named.get(seat.unit.id)
        return self.programme["members"] == "unit" or staff is None or seat.person in staff

    def broke_glass(self, seat: Seat) -> bool:
        """Whether this person has broken the glass, in this unit and this office."""
        return (seat.person, seat.unit.id, seat.acts_as) in self.glasses.values()

    def exists_for(self, seat: Seat) -> bool:
        """Whether the referral is there at all for somebody."""
        party = self.party_of(seat)
        if party is None:
            return False
        if seat.person in self.excluded.get(seat.unit.authority, set()):
            return False
        if seat.oversees:
            return self.sent
        if ENVELOPE not in self.profile(party):
            return False
        return not self.secret or self.works_on(seat)

    def kinds_for(self, seat: Seat) -> Literal["all", "own", "envelope", "nothing"]:
        """Give how much the office lets somebody see of what their party has."""
        if not self.exists_for(seat):
            return "nothing"
        if seat.oversees:
            return "envelope" if self.secret else "own"
        if seat.works and (self.works_on(seat) or self.broke_glass(seat)):
            return "all"
        return "envelope"

    def may(self, seat: Seat, text: Text) -> bool:
        """Whether somebody may have a text now; a protected address still needs a reason."""
        party, kinds = self.party_of(seat), self.kinds_for(seat)
        if party is None or kinds == "nothing" or not self._is_told(party, text):
            return False
        if kinds == "all" or text.category == ENVELOPE:
            return True
        if text.judged and seat.acts_as in JUDGES:
            return True
        return kinds == "own" and text.unit.authority == seat.unit.authority

    def _is_told(self, party: Party, text: Text) -> bool:
        own = text.unit.authority == party.unit.authority
        if text.scope == "unit" and text.unit.id != party.unit.id:
            return False
        if party.closed == "taken_over":
            return own and text.name == "number"
        if own or text.scope == "authority":
            return own
        if text.replaced or text.category not in self.profile(party):
            return False
        if party.closed:
            return self._is_accepted(party, text)
        return text.concern or text.step >= party.joined or self.goes_back(party)

    def _is_accepted(self, party: Party, text: Text) -> bool:
        """Whether the concern went into the holder's own file as it was when they accepted it."""
        accepted = party.role == "holder" and self.accepted is not None
        known = text.category in self.profile(party)
        return accepted and known and text.concern and text.step <= (self.accepted or 0)

    def must(self, seat: Seat, text: Text) -> bool:
        """Whether who works on the case has to be shown a text when they open it."""
        party = self.party_of(seat)
        if party is None or not seat.works or self.kinds_for(seat) != "all":
            return False
        if text.replaced or not self.may(seat, text) or party.closed == "taken_over":
            return False
        if text.category == "contact" and party.guarded:
            return False
        if party.gone and text.step > party.closed_step and text.unit.id != party.unit.id:
            return False
        own = text.unit.id == party.unit.id
        if not own and (party.closed or text.category not in self.profile(party)):
            return self._is_accepted(party, text)
        since = text.concern or (self.goes_back(party) and text.scope == "parties")
        return since or text.step >= party.joined

    def may_reveal(self, seat: Seat, text: Text) -> bool:
        """Whether somebody may be shown a protected address for a reason."""
        party = self.party_of(seat)
        if party is None or not seat.works or party.counterpart or self.kinds_for(seat) != "all":
            return False
        named = self.programme["protection"]["named_offices"]
        if party.guarded == "threat" and seat.acts_as not in named:
            return False
        return text.category == "contact" and text.intake and self.may(seat, text)


@dataclass
class World:
    """All referrals, every text that was ever written, and who holds which office."""

    district: Mapping[str, Unit]
    programmes: Mapping[str, Any]
    cases: dict[str, Case] = field(default_factory=dict)
    written: dict[int, tuple[Case, Text]] = field(default_factory=dict)
    dismissed: set[tuple[str, str, str]] = field(default_factory=set)

    def write(self, case: Case, text: Text) -> None:
        """Remember what was written, and where."""
        case.texts[text.number] = text
        self.written[text.number] = (case, text)

    def may(self, seat: Seat, number: int, door: str) -> bool:
        """Whether somebody may find a canary behind a door."""
        if number not in self.written or self.holds_nothing(seat):
            return False
        case, text = self.written[number]
        match door:
            case "follow":
                masked = text.category == "contact" and self._guards(case, seat)
                return not masked and case.may(seat, text)
            case "list":
                return text.intake and text.category == "identity" and case.may(seat, text)
            case "tasks":
                return text.name == "what" and text.scope == "unit" and case.may(seat, text)
            case "address":
                return case.may_reveal(seat, text)
            case _:
                return False

    def exists(self, seat: Seat, case: Case) -> bool:
        """Whether a referral is there for somebody who holds the office of this seat."""
        return not self.holds_nothing(seat) and case.exists_for(seat)

    def holds_nothing(self, seat: Seat) -> bool:
        """Whether somebody holds the office of this seat no longer."""
        own = (seat.person, seat.unit.id, seat.office) in self.dismissed
        return own or (seat.token, seat.unit.id, "system") in self.dismissed

    @staticmethod
    def _guards(case: Case, seat: Seat) -> bool:
        party = case.party_of(seat)
        return party is not None and party.guarded is not None
