"""Everything that can be asked of a referral by everybody, held against what the law says.

The law is ``oracle_pages``: typed by somebody who had not read the policies, and importing nothing
of the platform. Here the platform's own doors answer the same questions (``desk``). Where the law
is silent the platform may decide; what it must not do is show what the law forbids, or hide from
somebody what the law lets them have and the rulebook says they get.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import pytest

from tests.access import everybody as every
from tests.access import oracle
from tests.access import oracle_pages as law
from tests.access.desk import doors_open, shown_to
from tests.access.everybody import NO_PARTY, Place, Situation
from tests.access.onlookers import PERSONS, Person, Piece, caller, line_with, pieces, standing
from tests.access.oracle import Case

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
"""The doors that show something; those that do something are held in ``test_acts.py``."""
CONTROLS = {"auditor": "audit", "dpo": "data_protection"}
LEAST_CASES, LEAST_YES, LEAST_STRANGERS = 400_000, 1_000, 5_000


def cases(place: Place, situations: Iterable[Situation]) -> Iterator[tuple[Case, bool]]:
    """Give every case of a place: the question to the law, and what the platform answers."""
    for situation in situations:
        if line_with(place, situation, standing(PERSONS[0])) is None and place.role != NO_PARTY:
            continue
        here = pieces(place, situation)
        with doors_open():
            shown = [(person, shown_to(place, situation, person)) for person in PERSONS]
        for person, answers in shown:
            for piece, endpoint in product(here, ENDPOINTS):
                if endpoint not in answers and piece.category not in law.SHOWS[endpoint]:
                    continue  # nothing is answered, and nothing of the kind ever should be
                case = _case(place, situation, person, piece, endpoint)
                if case is not None:
                    yield case, is_shown(answers, piece, endpoint)


def _case(
    place: Place, situation: Situation, person: Person, piece: Piece, endpoint: str
) -> Case | None:
    """Give the question to the law; None where it is settled elsewhere or cannot arise."""
    case = Case(
        space=place.space,
        unit=caller(place, person.office).kind,
        role=place.role,
        office=person.office,
        purpose=person.purpose,
        endpoint=endpoint,
        category=piece.category,
        stage=situation.stage,
        view=situation.view,
        own=piece.own,
        accepted=piece.accepted,
        named=person.named,
        excluded=person.excluded,
        glass=person.glass,
    )
    return case if oracle.coherent(case) and not _is_settled_elsewhere(case) else None


def _is_settled_elsewhere(case: Case) -> bool:
    """What the oracle has no dimension for, or was asked more narrowly: each has its own test.

    A unit always reads its own words (``test_closing_views.py``); the oracle speaks of its
    authority's. Who is shown an address knows the envelope. What an office has to do is told in
    its unit's own words. The data protection officer has a work list, of broken glass and tries
    alone (``test_glass.py``). A replay asks for no purpose: it is for what the office controls for.
    The log of reads is of looks: that somebody looked at their own draft is told as well.
    """
    own_words = case.own and case.category == "free_text"
    return (
        (case.own and case.role == "let_in")
        or (case.endpoint == "reveal" and case.category == "administrative")
        or (case.endpoint == "tasks" and (case.office == "dpo" or own_words))
        or (case.endpoint == "reads" and case.stage == "draft" and case.unit == "oversight")
        or (case.endpoint == "replay" and CONTROLS.get(case.office, case.purpose) != case.purpose)
    )


def is_shown(answers: Mapping[str, str], piece: Piece, endpoint: str) -> bool:
    """Tell whether a door has shown something: any of its texts, or of the envelope anything."""
    if endpoint not in answers:
        return False
    return piece.is_envelope or any(mark in answers[endpoint] for mark in piece.marks)


def says(case: Case) -> bool | None:
    """Give the law's answer; where it lets see what does not lie there, there is nothing to see."""
    return False if (said := oracle.law_says(case)) and not _lies_there(case) else said


def _lies_there(case: Case) -> bool:
    """Whether a referral is on a list at all, whoever looks: the law and the words of the doors."""
    match case.endpoint:
        case "inbox":
            return case.stage not in {"sent", "entered_in_error"}
        case "sent":
            return case.stage != "entered_in_error"
        case "due":
            return case.stage in {"delivered", "received"} and case.view == "open"
        case "tasks":
            return case.view != "taken_over"
        case _:
            return True


@pytest.mark.parametrize("space", every.PROGRAMMES)
def test_the_platform_shows_what_the_law_says(space: str) -> None:
    """For every role, kind of unit, office, purpose, door, kind of data and stage they agree."""
    counted: Counter[str] = Counter()
    wrong: Counter[tuple[str, ...]] = Counter()
    for place in every.places(space):
        for case, shown in cases(place, every.situations_of(place)):
            said = says(case)
            counted[{True: "yes", False: "no", None: "silent"}[said]] += 1
            counted["strangers"] += case.role == NO_PARTY
            if said is not None and said != shown:
                wrong[_told(case, shown=shown)] += 1
    assert not wrong, "\n".join(f"{n} x {' '.join(what)}" for what, n in wrong.most_common(40))
    assert counted["yes"] > LEAST_YES
    assert counted["strangers"] > LEAST_STRANGERS
    assert counted.total() - counted["strangers"] > LEAST_CASES / len(every.PROGRAMMES)


def _told(case: Case, *, shown: bool) -> tuple[str, ...]:
    verdict = "SHOWN" if shown else "hidden"
    marks = f"own={case.own} acc={case.accepted} named={case.named} glass={case.glass}"
    who = (case.role, case.unit, case.office, case.purpose)
    return (verdict, case.endpoint, case.category, *who, case.stage, case.view, marks)
