"""Somebody who looks at a line of the matrix, and what there is on it to be seen."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from services.referrals.domain.categories import WHOLE
from services.referrals.projections.party_line import Glass, PartyView
from services.referrals.sight import Asker
from shared.access.caller import Caller
from shared.api.identity import Identity
from shared.kernel.ids import ActorId, UnitId
from tests.access import everybody as every
from tests.access.everybody import (
    CATEGORIES,
    COLLEAGUE,
    NOW,
    REFERRAL,
    Place,
    Situation,
)

ME = ActorId("a" * 64)


@dataclass(frozen=True)
class Piece:
    """Something on a line: of which kind of data, whose, and whether it is there to be shown."""

    category: str
    own: bool
    accepted: bool
    there: bool
    concern: bool


def pieces(place: Place, line: PartyView, situation: Situation) -> Iterator[Piece]:
    """Give what is on a line: the concern in every kind of data, the talk of others and its own."""
    mine = place.role == "sender"
    accepted = place.role == "holder" and situation.accepted
    for category in CATEGORIES:
        yield Piece(category, mine, accepted, _has_answer(line, category), concern=True)
    if situation.stage == "draft":
        return
    for unit, own in ((line.unit, True), (None, False)):
        said = [
            step
            for step in line.timeline
            if step.type == "referral.message-written.v1"
            and (step.unit == unit if own else step.unit != line.unit)
            and "text" in step.sealed
        ]
        yield Piece("free_text", own, accepted=False, there=bool(said), concern=False)


def asker(line: PartyView, *, kind: str, office: str, purpose: str) -> Asker:
    """Give somebody in an office of the line's unit, or in the authority's own oversight."""
    unit = line.unit if kind != "oversight" else UnitId("tilsyn")
    until = NOW + timedelta(days=1)
    by = Caller(
        identity=Identity("http://login.invalid", "me", "app", frozenset(), until),
        subject="me",
        actor=ME,
        unit=unit,
        authority=line.authority,
        regime="gdpr",
        office=office,
        acts_as=office,
        kind=kind,
        territory=(),
    )
    return Asker(by, frozenset({ME}), purpose, NOW, every.rulebook())


def as_staff(line: PartyView, *, named: bool, excluded: bool, glass: Caller | None) -> PartyView:
    """Give a line on which who asks is named or not, kept out or not, or broke the glass.

    It was broken in the very office that *glass* acts in: in another it stays whole.
    """
    until = NOW + timedelta(hours=1)
    broken = glass and Glass(str(REFERRAL), ME, glass.unit, glass.acts_as, NOW, until)
    return replace(
        line,
        staff=None if named else (COLLEAGUE,),
        excluded=(ME,) if excluded else (),
        glasses=(broken,) if broken else (),
    )


def _has_answer(line: PartyView, category: str) -> bool:
    return f"q_{category}" in line.intake or f"{WHOLE}{category}" in line.intake
