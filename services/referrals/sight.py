"""What may this person have of this referral, for this purpose, at this moment?

Two layers and plain facts. The line holds only what the disclosure profile gave the party. The
class policies say which kinds of data an office may see for a purpose. What is so of this very
referral (who works on it, who is kept out, broken glass) is asked each time, of the line itself.

Where there is nothing to see the same questions are asked as where there is (ADR 0020).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, get_args

from services.referrals.projections.party_line import Glass, PartyView, changed
from shared.access.caller import Caller
from shared.access.purposes import first_purpose
from shared.kernel.ids import ActorId
from shared.reads.log import EMERGENCY
from shared.rulebook.content import Rulebook
from shared.rulebook.days import civil_date
from shared.rulebook.policies import Decision, Question
from shared.rulebook.programme import Category

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
ENVELOPE: Final = frozenset({"administrative"})
"""That it is there, where it stands, with whom: what who is not on the case may know of it."""
NOWHERE: Final = "crime_prevention"
"""Asked of where there is no case: a class like any other, so that the engine is asked as well."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, by which codes they are known on this referral, for what, when, by which rules."""

    by: Caller
    actors: frozenset[ActorId]
    purpose: str
    now: datetime
    rules: Rulebook


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a line may be shown, why, and under which banner.

    Who ``judges`` answers afterwards for glass and tries, by the policies: as with everything that
    is done, they are asked about what the office is there for first.
    """

    purpose: str
    allowed: frozenset[str]
    given: frozenset[str]
    policies: tuple[str, ...]
    on_the_case: bool
    glass: Glass | None = None
    judges: bool = False

    def may(self, category: str | None, *, own: bool = False) -> bool:
        """Whether data of this kind is shown; what one's own authority wrote needs no profile."""
        return category in self.allowed and (own or category in self.given)


def sight(line: PartyView | None, asker: Asker) -> Sight | None:
    """Give what may be shown of a line; None where it does not exist for who asks."""
    glass = _glass(line, asker)
    meant = replace(asker, purpose=EMERGENCY) if glass else asker
    decided = {each: _decide("see", each, line, meant) for each in CATEGORIES}
    usual = replace(asker, purpose=first_purpose(asker.rules.purposes, asker.by.acts_as))
    judges = _decide("review", "administrative", line, usual).allowed
    if line is None or not _exists(line, asker):
        return None
    given = _given(line, asker)
    if not given >= ENVELOPE:
        return None
    on_the_case = _on_the_case(line, asker)
    allowed = frozenset(each for each, answer in decided.items() if answer.allowed)
    if not on_the_case and glass is None:
        allowed &= ENVELOPE
    if not allowed:
        return None
    return Sight(
        purpose=meant.purpose,
        allowed=allowed,
        given=given,
        policies=tuple(sorted({name for each in decided.values() for name in each.policies})),
        on_the_case=on_the_case,
        glass=glass,
        judges=judges,
    )


def as_far_back(line: PartyView, rules: Rulebook) -> PartyView:
    """Give a line as far back as the newest profile goes: it may be made under an older one."""
    limit = rules.profiles.joins(line.programme, line.role.value, line.unit)
    if limit == "start" or not any(step.early for step in line.timeline):
        return line
    return changed(line, timeline=tuple(step for step in line.timeline if not step.early))


def may_do(action: str, line: PartyView | None, asker: Asker) -> Decision:
    """Give whether the office acted in may do something of this kind at all."""
    if action == "break_glass":
        asker = replace(asker, purpose=EMERGENCY)
    return _decide(action, "contact" if action == "reveal" else "administrative", line, asker)


def _decide(action: str, category: Category, line: PartyView | None, asker: Asker) -> Decision:
    programme = asker.rules.programmes.get(line.programme) if line else None
    return asker.rules.policies.decide(
        Question(
            action=action,
            office=asker.by.acts_as,
            purpose=asker.purpose,
            category=category,
            role=line.role.value if line else "none",
            space=programme.space if programme else NOWHERE,
            existence=line.existence if line else "open",
            day=civil_date(asker.now),
        )
    )


def _exists(line: PartyView, asker: Asker) -> bool:
    if asker.actors & frozenset(line.excluded):
        return False
    if asker.by.oversees:
        return bool(line.has_left)
    return line.existence != "secret" or _on_the_case(line, asker)


def _on_the_case(line: PartyView, asker: Asker) -> bool:
    """Whether a person works on it: everybody does until the unit has named who does."""
    programme = asker.rules.programmes.get(line.programme)
    if asker.by.oversees or line.staff is None or (programme and programme.members == "unit"):
        return True
    return bool(asker.actors & frozenset(line.staff))


def _glass(line: PartyView | None, asker: Asker) -> Glass | None:
    """Give the glass that this person has broken in this very office: in another it stays whole."""
    hat = (asker.by.unit, asker.by.acts_as)
    glasses = line.glasses if line else ()
    mine = (each for each in glasses if (each.unit, each.office) == hat)
    return next((each for each in mine if each.holds(asker.actors, asker.now)), None)


def _given(line: PartyView, asker: Asker) -> frozenset[str]:
    """Give what the newest profile gives the party: the line may be made under an older one.

    Who oversees gets the envelope of what others wrote: control is of looks, not of people.
    """
    if asker.by.oversees:
        return ENVELOPE
    newest = asker.rules.profiles.sees(line.programme, line.role.value, line.unit)
    return newest.intersection(line.sees)
