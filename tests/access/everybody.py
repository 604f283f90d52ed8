"""Every line that there can be, and everybody who may look at it: what the matrix is made of.

Lines come from facts by the product's own projection, under the shipped rulebook in which each
programme's form asks one question of every kind of data.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import JsonValue

from services.referrals.domain.referral import events as happened
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.projections.party_line import Lines, PartyView
from services.referrals.projections.party_view import project
from shared.kernel.ids import ActorId, AuthorityId, derived
from shared.kernel.recorded import Recorded
from shared.rulebook.content import Rulebook, load, parse
from shared.rulebook.programme import Programme
from shared.rulebook.vocabulary import CATEGORIES
from tests.access import oracle_pages as law
from tests.access import told

NOW = told.NOW
REFERRAL = UUID("018f0000-0000-7000-8000-0000000000bb")
COLLEAGUE = ActorId("b" * 64)
PROGRAMMES = {
    "radicalisation": "infohus",
    "psychiatry_social": "psp",
    "exit": "bandeexit",
    "youth_board": "ukn",
}
BASES = {
    "infohus": "rpl-115-1-1",
    "psp": "rpl-115-1-2",
    "bandeexit": "samtykke",
    "ukn": "ukn-lov-11",
}
YOUTH_PROBATION = "ungekriminalforsorgen-oestjylland"
OTHERS = {
    "radicalisation": ("favrskov-ssp", "oestjyllands-politi-infohus-randers", "randers-infohus"),
    "psychiatry_social": (
        "odder-ssp",
        "oestjyllands-politi-psp-odder",
        "region-syddanmark-psykiatri",
    ),
    "exit": ("kriminalforsorgen-oestjylland", "oestjyllands-politi-exit", "odder-exitkontakt"),
    "youth_board": ("oestjyllands-politi-forebyggelse", "odder-familieafdeling", YOUTH_PROBATION),
}
"""Who sends, holds and is let in where it is not the one under test."""
ROLES = ("sender", "holder", "let_in")
NO_PARTY = "none"
STRANGER = "ssp"
"""The kind of unit whose people ask at every stage of what their unit takes no part in."""
STAND_IN = "samsoe-ssp"
"""Takes the place of another party that happens to be the very unit under test."""


@cache
def rulebook() -> Rulebook:
    """Give the shipped rulebook, with a question of every kind of data on every form."""
    shipped = load(Path(__file__).parents[2] / "rulebook")
    content: Any = dict(shipped.content)
    programmes: dict[str, JsonValue] = {}
    for name, programme in content["programmes"].items():
        asked: list[JsonValue] = [
            {
                "id": f"q_{category}",
                "da": category,
                "en": category,
                "category": category,
                "required": False,
                "answer": {"type": "string"},
                "source": "example",
            }
            for category in CATEGORIES
        ]
        fields = [*programme["intake"]["fields"], *asked]
        programmes[name] = {**programme, "intake": {**programme["intake"], "fields": fields}}
    return parse({**content, "programmes": programmes})


@cache
def unit_of(kind: str, not_of: frozenset[str]) -> str:
    """Give a unit of a kind whose authority is none of these, where there is one."""
    district = rulebook().district
    units = [unit for unit in district.units if unit.kind == kind]
    return next((u.id for u in units if u.authority not in not_of), units[0].id)


class Situation(NamedTuple):
    """How far a referral has come, and how the view of the one under test has closed."""

    stage: str
    view: str = "open"
    accepted: bool = False


SITUATIONS = (
    Situation("draft"),
    Situation("sent"),
    Situation("delivered"),
    Situation("received"),
    Situation("accepted", accepted=True),
    Situation("declined"),
    Situation("returned"),
    Situation("withdrawn", "withdrawn"),
    Situation("withdrawn", "withdrawn", accepted=True),
    Situation("closed", accepted=True),
    Situation("entered_in_error", accepted=True),
    Situation("received", "consent_withdrawn"),
    Situation("accepted", "consent_withdrawn", accepted=True),
    Situation("closed", "taken_over", accepted=True),
    Situation("accepted", "left", accepted=True),
)


MOST_SHARED = Situation("accepted", accepted=True)


class Place(NamedTuple):
    """Who is under test: in which space, in which role or none, in a unit of which kind."""

    space: str
    role: str
    kind: str


@cache
def units_of(place: Place) -> Mapping[str, str]:
    """Give which unit has which role, with the one under test."""
    units = dict(zip(ROLES, OTHERS[place.space], strict=True))
    mine = units.get(place.role)
    if mine is None or _kind(mine) != place.kind:
        taken = frozenset(authority_of(units[role]) for role in ROLES if role != place.role)
        mine = unit_of(place.kind, taken)
    units = {role: unit if unit != mine else STAND_IN for role, unit in units.items()}
    return {**units, place.role: mine}


def overseen_in(place: Place) -> AuthorityId:
    """Give the authority whose oversight looks: that of the unit, of a stranger one without part.

    Units of the police are all of one authority, so a stranger's may well take part.
    """
    units = units_of(place)
    if place.role != NO_PARTY:
        return authority_of(units[place.role])
    taken = frozenset(authority_of(units[role]) for role in ROLES)
    return authority_of(unit_of("oversight", taken))


def places(space: str) -> Iterator[Place]:
    """Give every role in a space, and that of a stranger, in a unit of every kind."""
    for role in (*ROLES, NO_PARTY):
        for kind in law.UNITS:
            if kind != "oversight":
                yield Place(space, role, kind)


def situations_of(place: Place) -> tuple[Situation, ...]:
    """Give the situations in which a place is held against the law.

    The kinds of unit that a programme's routes name go through every stage and every way in which
    a view closes, all others are held at the stage where most is shared.
    """
    usual = STRANGER if place.role == NO_PARTY else kind_in(place.space, place.role)
    all_of_them = SITUATIONS if place.kind == usual else (MOST_SHARED,)
    return tuple(each for each in all_of_them if _can_be(place, each))


def _can_be(place: Place, situation: Situation) -> bool:
    """Only who was let in leaves, from who takes a case over it is not taken, strangers see none.

    Whom the law lets be no party of that role is none, but for who was let in by mistake.
    """
    if place.role == NO_PARTY:
        return situation.view == "open"
    if situation.view == "left":
        return place.role == "let_in"
    if situation.view == "taken_over":
        return place.role != "holder"
    return law.PARTIES[place.space, place.kind][place.role] is not False or place.role == "let_in"


def referral_of(place: Place, situation: Situation) -> UUID:
    """Give the referral of a place that has come so far."""
    return derived(REFERRAL, f"{place} {situation}")


def facts_of(
    place: Place, situation: Situation, after: int = 0
) -> tuple[Recorded[ReferralEvent], ...]:
    """Give what has happened, told after a position; each office has something to do in it."""
    stream = f"referral-{referral_of(place, situation)}"
    history = enumerate(_history(place, units_of(place), situation))
    return tuple(
        recorded(by, event, Where(stream, version, after + version + 1))
        for version, (by, event) in history
    )


def lines_of(place: Place, situation: Situation) -> Lines:
    """Give the lines of all parties."""
    lines: Lines = {}
    for fact in facts_of(place, situation):
        lines = project(lines, fact, rulebook().profiles)
    return lines


def line_of(place: Place, situation: Situation) -> PartyView | None:
    """Give the line of the one under test, None where such a party sees nothing."""
    return lines_of(place, situation).get(units_of(place)[place.role])


def _history(
    place: Place, units: Mapping[str, str], situation: Situation
) -> Iterator[tuple[str, ReferralEvent]]:
    sender, holder, let_in = (units[role] for role in ROLES)
    mine = units[place.role]
    yield sender, told.drafted(sender, programme_in(place.space))
    if situation.stage != "draft":
        yield from _sharing(place.space, (sender, holder, let_in), situation)
    if mine == sender or (situation.stage != "draft" and place.role != NO_PARTY):
        yield from ((mine, task) for task in told.tasks(mine))
    named = situation.view if situation.view != "open" else situation.stage
    every_unit = tuple(rulebook().district.unit_by_id)
    if ending := told.endings(mine, sender, holder, every_unit).get(named):
        yield ending


def _sharing(
    space: str, units: tuple[str, str, str], situation: Situation
) -> Iterator[tuple[str, ReferralEvent]]:
    sender, holder, let_in = units
    basis = BASES[PROGRAMMES[space]]
    yield sender, told.sent(sender, (holder, authority_of(holder)), basis)
    if situation.stage != "sent":
        yield holder, told.delivered(holder)
    if situation.stage not in {"sent", "delivered"}:
        yield holder, happened.ReferralReceived(by=told.by(holder))
    if situation.accepted:
        yield holder, happened.ReferralAccepted(by=told.by(holder))
    yield holder, told.let_in(holder, (let_in, authority_of(let_in)), basis)
    for unit in units:
        yield unit, told.wrote(unit)


class Where(NamedTuple):
    """Where a fact stands: in its stream, and among all."""

    stream: str
    version: int
    position: int


def recorded(
    by: str, event: ReferralEvent, where: Where, actor: ActorId = COLLEAGUE
) -> Recorded[ReferralEvent]:
    """Give a fact as it is stored: brought about by a unit, by somebody in it."""
    return Recorded(
        event=event,
        id=derived(REFERRAL, f"{where.stream} {where.version}"),
        stream=where.stream,
        version=where.version,
        position=where.position,
        at=NOW - timedelta(days=1) + timedelta(minutes=where.version),
        authority=authority_of(by),
        actor=actor,
    )


def programme_in(space: str) -> Programme:
    """Give the programme of a space."""
    return rulebook().programmes[PROGRAMMES[space]]


def kind_in(space: str, role: str) -> str:
    """Give the kind of the unit that usually has a role in a space."""
    return _kind(OTHERS[space][ROLES.index(role)])


def _kind(unit: str) -> str:
    return rulebook().district.unit_by_id[unit].kind


def authority_of(unit: str) -> AuthorityId:
    """Give the authority that a unit is part of."""
    return AuthorityId(rulebook().district.unit_by_id[unit].authority)
