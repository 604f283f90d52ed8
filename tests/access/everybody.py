"""Every line that there can be, and everybody who may look at it: what the matrix is made of.

Lines come from facts by the product's own projection, under the shipped rulebook in which each
programme's form asks one question of every kind of data.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args
from uuid import UUID

from pydantic import JsonValue

from services.referrals.domain.categories import WHOLE
from services.referrals.domain.referral import events as happened
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.sharing import events as shared_by
from services.referrals.projections.party_line import Lines, PartyView
from services.referrals.projections.party_view import project
from shared.kernel.ids import ActorId, AuthorityId, BasisId, ProgrammeId, RouteId, UnitId, derived
from shared.kernel.personal import Hidden, Personal, Sealed
from shared.kernel.recorded import Recorded
from shared.rulebook.content import Rulebook, load, parse
from shared.rulebook.programme import Category

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
REFERRAL = UUID("018f0000-0000-7000-8000-0000000000bb")
COLLEAGUE = ActorId("b" * 64)
CATEGORIES: tuple[Category, ...] = get_args(Category)
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
    """Whose line it is: in which space, in which role, in a unit of which kind."""

    space: str
    role: str
    kind: str


def line_of(place: Place, situation: Situation) -> PartyView | None:
    """Give the line of the one under test, None where such a party sees nothing."""
    units = dict(zip(ROLES, OTHERS[place.space], strict=True))
    mine = units[place.role]
    if _kind(mine) != place.kind:
        taken = frozenset(_authority(units[role]) for role in ROLES if role != place.role)
        mine = unit_of(place.kind, taken)
    units = {role: unit if unit != mine else STAND_IN for role, unit in units.items()}
    units[place.role] = mine
    lines: Lines = {}
    for version, (by, event) in enumerate(_history(place, units, situation)):
        lines = project(lines, _recorded(by, event, version), rulebook().profiles)
    return lines.get(mine)


def kind_in(space: str, role: str) -> str:
    """Give the kind of the unit that usually has a role in a space."""
    return _kind(OTHERS[space][ROLES.index(role)])


def _history(
    place: Place, units: Mapping[str, str], situation: Situation
) -> Iterator[tuple[str, ReferralEvent]]:
    sender, holder, let_in = (units[role] for role in ROLES)
    programme = PROGRAMMES[place.space]
    yield sender, _drafted(sender, programme)
    if situation.stage == "draft":
        return
    yield sender, _sent(sender, holder, programme)
    if situation.stage != "sent":
        yield holder, happened.ReferralDelivered(by=_by(holder))
    if situation.stage not in {"sent", "delivered"}:
        yield holder, happened.ReferralReceived(by=_by(holder))
    if situation.accepted:
        yield holder, happened.ReferralAccepted(by=_by(holder))
    yield holder, _let_in(holder, let_in, programme)
    for unit in (sender, holder, let_in):
        yield unit, happened.MessageWritten(by=_by(unit), text=_shut("text"))
    yield from _ending(place, units, situation)


def _ending(
    place: Place, units: Mapping[str, str], situation: Situation
) -> Iterator[tuple[str, ReferralEvent]]:
    by, event = _endings(units[place.role], units["sender"], units["holder"]).get(
        situation.view if situation.view != "open" else situation.stage, ("", None)
    )
    if event is not None:
        yield by, event


def _endings(mine: str, sender: str, holder: str) -> Mapping[str, tuple[str, ReferralEvent]]:
    """Give the fact with which each stage or closing begins, and who brings it about."""
    some, units = Hidden("x"), Hidden(tuple(map(UnitId, rulebook().district.unit_by_id)))
    return {
        "withdrawn": (sender, happened.ReferralWithdrawn(by=_by(sender), reason=_shut("reason"))),
        "consent_withdrawn": (
            sender,
            shared_by.ConsentWithdrawn(
                by=_by(sender), consent=REFERRAL, withdrawn_on=Hidden(NOW.date()), ends=units
            ),
        ),
        "taken_over": (holder, shared_by.ReferralTakenOver(by=_by(holder), outcome=some)),
        "left": (mine, shared_by.PartyLeft(by=_by(mine), reason=_shut("reason"))),
        "declined": (
            holder,
            happened.ReferralDeclined(by=_by(holder), reason=some, side=some),
        ),
        "returned": (
            holder,
            happened.ReferralReturned(by=_by(holder), question=_shut("question")),
        ),
        "closed": (holder, happened.ReferralClosed(by=_by(holder), outcome=some)),
        "entered_in_error": (
            sender,
            happened.ReferralEnteredInError(by=_by(sender), reason=_shut("reason")),
        ),
    }


def _drafted(sender: str, programme: str) -> happened.ReferralDrafted:
    existence = rulebook().programmes[programme].existence
    prefix = WHOLE if existence == "secret" else "q_"
    return happened.ReferralDrafted(
        by=_by(sender),
        programme=Hidden(ProgrammeId(programme)),
        existence=existence,
        urgency=happened.Urgency.ALMINDELIG,
        intake={f"{prefix}{category}": _shut(category) for category in CATEGORIES},
    )


def _sent(sender: str, holder: str, programme: str) -> happened.ReferralSent:
    return happened.ReferralSent(
        by=_by(sender),
        addressee=_by(holder),
        addressee_authority=Hidden(_authority(holder)),
        has_account=True,
        route=Hidden(RouteId("x")),
        basis=Hidden(BasisId(BASES[programme])),
        purpose=Hidden("x"),
        necessity=_shut("necessity"),
        categories=Hidden(()),
    )


def _let_in(holder: str, party: str, programme: str) -> shared_by.PartyLetIn:
    return shared_by.PartyLetIn(
        by=_by(holder),
        party=_by(party),
        party_authority=Hidden(_authority(party)),
        basis=Hidden(BasisId(BASES[programme])),
        reason=_shut("reason"),
        categories=Hidden(()),
        sees=Hidden("joining"),
        counterpart=Hidden(False),  # noqa: FBT003 - what it says
    )


def _recorded(by: str, event: ReferralEvent, version: int) -> Recorded[ReferralEvent]:
    return Recorded(
        event=event,
        id=derived(REFERRAL, str(version)),
        stream=f"referral-{REFERRAL}",
        version=version,
        position=version + 1,
        at=NOW - timedelta(days=1) + timedelta(minutes=version),
        authority=_authority(by),
        actor=COLLEAGUE,
    )


def _kind(unit: str) -> str:
    return rulebook().district.unit_by_id[unit].kind


def _authority(unit: str) -> AuthorityId:
    return AuthorityId(rulebook().district.unit_by_id[unit].authority)


def _by(unit: str) -> Hidden[UnitId]:
    return Hidden(UnitId(unit))


def _shut(name: str) -> Personal[Any]:
    return Personal(Sealed(name))
