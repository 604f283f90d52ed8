"""Everything that can be asked of a referral by everybody, held against what the law says.

The law is ``oracle_pages``: typed by somebody who had not read the policies, and importing nothing
of the platform. Here the platform's own functions answer the same questions. Where the law is
silent the platform may decide; what it must not do is show what the law forbids, or hide from
somebody what the law lets them have and the rulebook says they get.
"""

import typing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, NamedTuple, get_args, get_origin

import pytest
from pydantic import BaseModel

from services.referrals.api.following import Changed
from services.referrals.api.guarding import may_see
from services.referrals.api.listing import Listed
from services.referrals.api.tasks import TaskShown
from services.referrals.projections.party_line import PartyView
from services.referrals.seeing import Looking
from services.referrals.sight import Asker, may_do, sight
from shared.access.purposes import purpose_of, standing_purpose
from shared.api.labels import Data
from shared.kernel.refusals import Refusal
from tests.access import everybody as every
from tests.access import onlookers, oracle
from tests.access import oracle_pages as law
from tests.access.everybody import Place, Situation
from tests.access.onlookers import Piece
from tests.access.oracle import Case

PARTY_KINDS = tuple(kind for kind in law.UNITS if kind != "oversight")
OVERSIGHT = ("auditor", "dpo")
ENDPOINTS = (
    "follow",
    "reveal",
    "why",
    "replay",
    "reads",
    "inbox",
    "sent",
    "due",
    "changes",
    "tasks",
)
"""The doors that show something; those that do something are held further down."""
LEAST_CASES, LEAST_YES = 400_000, 1_000
LISTS = {"inbox": {"holder", "let_in"}, "sent": {"sender"}, "due": {"holder"}}
"""Which parties each list is for; ``test_lists`` in tests/referrals holds the queries to it."""


def labels(model: type[BaseModel]) -> frozenset[str]:
    """Give the kinds of data that the fields of an answer say they are."""
    hints = typing.get_type_hints(model, include_extras=True)
    marks = (m for h in hints.values() if get_origin(h) is Annotated for m in get_args(h)[1:])
    return frozenset(mark.category for mark in marks if isinstance(mark, Data))


THIN = {
    "changes": labels(Changed),
    "tasks": labels(TaskShown),
    **dict.fromkeys(LISTS, labels(Listed)),
}


class Person(NamedTuple):
    """Who asks: the office, for which purpose, and what is so of them on this referral."""

    office: str
    purpose: str
    named: bool = True
    excluded: bool = False
    glass: bool = False


def persons() -> Iterator[Person]:
    """Give everybody: each office with each purpose, named or not, kept out, with broken glass."""
    for office in (*law.OFFICES, *law.COUNCIL_OFFICES):
        for purpose in law.PURPOSES:
            yield Person(office, purpose)
        yield Person(office, "handling", named=False)
        yield Person(office, "coordination", named=False)
        yield Person(office, "handling", excluded=True)
        yield Person(office, "emergency", named=False, glass=True)


PERSONS = tuple(persons())


class Asking(NamedTuple):
    """Somebody before one line: how they stand there, and whether the purpose is theirs."""

    person: Person
    who: Asker
    look: Looking | None
    chosen: bool
    standing: bool


def asking(place: Place, line: PartyView, person: Person) -> Asking:
    """Give how somebody stands before a line."""
    kind = "oversight" if person.office in OVERSIGHT else place.kind
    wished = "handling" if person.glass else person.purpose
    who = onlookers.asker(line, kind=kind, office=person.office, purpose=wished)
    glass = who.by if person.glass else None
    staffed = onlookers.as_staff(line, named=person.named, excluded=person.excluded, glass=glass)
    seen = sight(staffed, who)
    look = Looking(every.REFERRAL, who.by, staffed, seen, who.rules) if seen else None
    purposes = every.rulebook().purposes
    return Asking(
        person,
        who,
        look,
        chosen=_is_given(lambda: purpose_of(purposes, person.office, wished, None)),
        standing=_is_given(lambda: standing_purpose(purposes, person.office, wished)),
    )


def _is_given(ask: Callable[[], str]) -> bool:
    try:
        ask()
    except Refusal:
        return False
    return True


def cases(place: Place, situations: Iterable[Situation]) -> Iterator[tuple[Case, bool]]:
    """Give every case of a place: the question to the law, and what the platform answers."""
    for situation in situations:
        line = every.line_of(place, situation) if can_be(place, situation) else None
        if line is None:
            continue
        here = list(onlookers.pieces(place, line, situation))
        for person in PERSONS:
            asked = asking(place, line, person)
            for piece in here:
                for endpoint in ENDPOINTS:
                    case = _case(place, situation, asked, piece, endpoint)
                    if oracle.coherent(case) and not _is_settled_elsewhere(case, piece):
                        yield case, shown(case, asked, piece)


def _case(place: Place, situation: Situation, asked: Asking, piece: Piece, endpoint: str) -> Case:
    person = asked.person
    return Case(
        space=place.space,
        unit=asked.who.by.kind,
        role=place.role,
        office=person.office,
        purpose=person.purpose,
        endpoint=endpoint,
        category=piece.category,
        stage=situation.stage,
        view=situation.view,
        own=piece.own,
        accepted=piece.accepted and piece.concern,
        named=person.named,
        excluded=person.excluded,
        glass=person.glass,
    )


def can_be(place: Place, situation: Situation) -> bool:
    """Only who was let in leaves, and from who takes a case over it is not taken."""
    if situation.view == "left":
        return place.role == "let_in"
    if situation.view == "taken_over":
        return place.role != "holder"
    return law.PARTIES[place.space, place.kind][place.role] is not False or place.role == "let_in"


def _is_settled_elsewhere(case: Case, piece: Piece) -> bool:
    """What the oracle has no dimension for, or was asked more narrowly: each has its own test.

    A unit always reads its own words (``test_closing_views.py``); the oracle speaks of its
    authority's. The address door shows the address. The data protection officer has a work list,
    of broken glass and tries alone (``test_glass.py``).
    """
    own_words = piece.own and case.role == "let_in"
    not_the_address = case.endpoint == "reveal" and case.category != "contact"
    return own_words or not_the_address or (case.endpoint == "tasks" and case.office == "dpo")


def shown(case: Case, asked: Asking, piece: Piece) -> bool:
    """Answer as the platform's doors do."""
    look = asked.look
    if look is None or not (asked.standing if case.endpoint in THIN else asked.chosen):
        return False
    there = piece.there or piece.category == "administrative"
    visible = there and look.sight.may(piece.category, own=piece.own)
    if case.endpoint in THIN:
        listed = case.role in LISTS.get(case.endpoint, {case.role}) and case.unit != "oversight"
        return listed and piece.category in THIN[case.endpoint] and visible
    if case.endpoint == "follow":
        return visible
    if case.endpoint == "reveal":
        return visible and may_do("reveal", look.line, asked.who).allowed and may_see(look)
    action = "explain" if case.endpoint == "why" else "oversee"
    administrative = piece.category == "administrative"
    return administrative and visible and may_do(action, look.line, asked.who).allowed


@pytest.mark.parametrize("space", every.PROGRAMMES)
def test_the_platform_shows_what_the_law_says(space: str) -> None:
    """For every role, kind of unit, office, purpose, door, kind of data and stage they agree.

    The kinds of unit that a programme's routes name go through every stage and every way in which
    a view closes, all others are held at the stage where most is shared.
    """
    counted: Counter[str] = Counter()
    wrong: Counter[tuple[str, ...]] = Counter()
    for place in places(space):
        full = place.kind == every.kind_in(space, place.role)
        situations = every.SITUATIONS if full else (every.MOST_SHARED,)
        for case, is_shown in cases(place, situations):
            says = oracle.law_says(case)
            counted[{True: "yes", False: "no", None: "silent"}[says]] += 1
            if says is not None and says != is_shown:
                wrong[_told(case, is_shown=is_shown)] += 1
    assert not wrong, "\n".join(f"{n} x {' '.join(what)}" for what, n in wrong.most_common(40))
    assert counted["yes"] > LEAST_YES
    assert sum(counted.values()) > LEAST_CASES / len(every.PROGRAMMES)


def places(space: str) -> Iterator[Place]:
    """Give every role in a space, in a unit of every kind."""
    for role in law.ROLES:
        for kind in PARTY_KINDS:
            yield Place(space, role, kind)


def _told(case: Case, *, is_shown: bool) -> tuple[str, ...]:
    verdict = "SHOWN" if is_shown else "hidden"
    marks = f"own={case.own} acc={case.accepted} named={case.named} glass={case.glass}"
    who = (case.role, case.unit, case.office, case.purpose)
    return (verdict, case.endpoint, case.category, *who, case.stage, case.view, marks)
