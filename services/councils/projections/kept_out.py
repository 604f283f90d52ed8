"""Whom does an authority keep out of a referral? One line for each person, for the docket to ask.

It is kept by referral and not by item: who is kept out stays so whatever is on the docket, before
the referral comes there and after it has come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, exists

from shared.contracts.foreign import Foreign
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.recorded import Recorded
from shared.projections.per_party import PerParty

EXCLUDED, READMITTED = "referral.staff-excluded.v1", "referral.staff-readmitted.v1"
TOLD_BY: Final = frozenset({EXCLUDED, READMITTED})
"""The facts of referrals that this is made of."""


class Officer(NamedTuple):
    """A person, by the code that facts have for them, who works in a unit of an authority."""

    unit: UnitId
    authority: AuthorityId
    actor: ActorId


@dataclass(frozen=True, slots=True)
class KeptOut:
    """One person whom an authority keeps out, in every unit of it."""

    authority: AuthorityId
    actor: ActorId

    @property
    def key(self) -> str:
        """What names them in a row."""
        return f"{self.authority}/{self.actor}"


def project(lines: Mapping[str, KeptOut], fact: Recorded[Any]) -> Mapping[str, KeptOut]:
    """Keep somebody out, and let them back in.

    Whom it is about cannot be read where the referral is secret; such a one is on no docket.
    """
    event = fact.event
    if not isinstance(event, Foreign) or event.type not in TOLD_BY:
        return lines
    actor = event.text("person")
    if actor is None:
        return lines
    out = KeptOut(fact.authority, ActorId(actor))
    others = {key: line for key, line in lines.items() if line != out}
    return others if event.type == READMITTED else {**others, out.key: out}


def is_kept_out(
    generation: int, officer: Officer, *referrals: ColumnElement[str]
) -> ColumnElement[bool]:
    """Give the condition that *officer* is kept out of one of *referrals*, ids as text or null."""
    table = view.table(generation)
    streams = ["referral-" + each for each in referrals]
    key = KeptOut(officer.authority, officer.actor).key
    return exists().where(table.c.party == key, table.c.stream.in_(streams))


view = PerParty(name="kept_out", line=KeptOut, project=project)
