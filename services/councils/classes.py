"""Which classes of programmes stand on a committee's docket, and what follows for who asks.

An item names a referral and not its programme: what its committee deals with says enough. A
programme that hides its cases is none of these, as where they went cannot be read here. Both must
say yes: the newest profile, to the unit that holds what stands there, and the policies (ADR 20).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.access.marking import Marking, marking_of
from shared.rulebook.content import Rulebook
from shared.rulebook.policies import REFUSED, Decision, Question
from shared.rulebook.programme import Programme, Route
from shared.rulebook.vocabulary import Space

HOLDER, NO_PARTY = "holder", "none"
ENVELOPE = frozenset({"administrative"})
"""What a party is shown that is shown anything: without it the case does not exist for it."""
NOWHERE: Space = "crime_prevention"
"""Asked of where there is no docket: a class like any other, so that the engine is asked too."""


@dataclass(frozen=True, slots=True)
class Asker:
    """In which office somebody asks, for which purpose, on which day, by which rules."""

    office: str
    purpose: str
    day: date
    rules: Rulebook


def decide(action: str, forum: str | None, asker: Asker) -> Decision:
    """Say whether *asker* may do something with a docket; *forum* is the one their unit keeps.

    Where they keep none, or are shown nothing of it, the policies are asked as well, once. Of a
    committee that deals with several classes every one must allow it: an item does not say of which
    it is.
    """
    spaces = _shown(asker.rules, forum) if forum else []
    role = HOLDER if spaces else NO_PARTY
    answers = [_ask(action, role, space, asker) for space in spaces or [NOWHERE]]
    if not spaces or not all(answer.allowed for answer in answers):
        return REFUSED
    policies = {name for answer in answers for name in answer.policies}
    return Decision(allowed=True, policies=tuple(sorted(policies)))


def marking_at(rules: Rulebook, forum: str) -> Marking | None:
    """Give the marking of what is on a docket, where any basis of a way to it is § 115."""
    marks = (
        marking_of(rules, programme.id, basis)
        for programme, route in _ways_to(rules, forum)
        for basis in route.bases
    )
    return next(filter(None, marks), None)


def _shown(rules: Rulebook, forum: str) -> list[str]:
    """Give the classes on a docket; none where one of the programmes shows its intake nothing."""
    found = rules.district.forum_by_id.get(forum)
    programmes = {programme.id: programme.space for programme, _ in _ways_to(rules, forum)}
    seen = (rules.profiles.sees(each, HOLDER, found.intake) for each in programmes if found)
    return sorted(set(programmes.values())) if all(each >= ENVELOPE for each in seen) else []


def _ask(action: str, role: str, space: str, asker: Asker) -> Decision:
    return asker.rules.policies.decide(
        Question(
            action=action,
            office=asker.office,
            purpose=asker.purpose,
            category="administrative",
            role=role,
            space=space,
            existence="open",
            day=asker.day,
        )
    )


def _ways_to(rules: Rulebook, forum: str) -> Iterator[tuple[Programme, Route]]:
    found = rules.district.forum_by_id.get(forum)
    for programme in rules.programmes.values():
        for route in programme.routes if programme.existence == "open" and found else ():
            if found and route.to.forum_kind == found.kind:
                yield programme, route
