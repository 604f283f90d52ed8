"""What an answer about a referral is made of, each field with the kind of data that it is."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel, JsonValue

from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.state import Stage
from services.referrals.domain.sharing.state import Closed
from services.referrals.projections.party_line import (
    Glass,
    PartyView,
    Protection,
    With,
)
from shared.access.marking import Marking
from shared.api.labels import Administrative, ByPart
from shared.rulebook.content import Rulebook
from shared.rulebook.days import civil_date

ENDINGS: Final[dict[Closed, tuple[str, str]]] = {
    "withdrawn": ("trukket tilbage", "withdrawn"),
    "consent_withdrawn": ("samtykke tilbagekaldt", "consent withdrawn"),
    "taken_over": ("lukket – overdraget", "closed – handed over"),
    "left": ("udtrådt", "left"),
    "entered_in_error": ("fejloprettet", "entered in error"),
}


class Erasure(BaseModel):
    """Stands where content was: its key was destroyed, or was never yours."""

    erased: Administrative[bool] = True


class Masked(BaseModel):
    """Stands where an address is that is protected; it is revealed for a reason, and logged."""

    masked: Administrative[bool] = True


class Banner(BaseModel):
    """Said as long as a broken glass lets you see this."""

    until: Administrative[datetime]
    da: Administrative[str] = "Nødadgang: alt noteres og efterprøves."
    en: Administrative[str] = "Emergency access: all of it is noted and will be reviewed."


class ClosedShown(BaseModel):
    """That the shared view has closed, how and when."""

    kind: Administrative[Closed]
    at: Administrative[datetime]
    da: Administrative[str]
    en: Administrative[str]


class ProtectionShown(BaseModel):
    """That the address is protected; ``lapsed`` warns that a year has passed (CPR-loven § 28)."""

    kind: Administrative[str]
    since: Administrative[date]
    lapses_on: Administrative[date]
    lapsed: Administrative[bool]


class PolicyShown(BaseModel):
    """A policy that showed or hid something here; never what was hidden."""

    id: Administrative[str]
    da: Administrative[str]
    en: Administrative[str]


class Told(BaseModel):
    """One thing that happened: what, when, by which unit, and what was said with it."""

    id: Administrative[UUID]
    type: Administrative[str]
    at: Administrative[datetime]
    unit: Administrative[str]
    said: ByPart[dict[str, JsonValue | Erasure]]
    registered_by_sender: Administrative[bool] = False
    """Whether it is the sender's own note about a receiver without an account."""


class Shown(BaseModel):
    """A referral as one unit sees it.

    Where it was taken over by the police nothing but ``closed`` is told.
    """

    referral: Administrative[UUID]
    programme: Administrative[str | None]
    role: Administrative[Role]
    stage: Administrative[Stage]
    urgency: Administrative[str | None]
    purpose: Administrative[str]
    parties: Administrative[list[With]]
    outside: Administrative[JsonValue | Erasure]
    intake: ByPart[dict[str, JsonValue | Erasure | Masked]]
    timeline: ByPart[list[Told]]
    answer_due: Administrative[datetime | None]
    next_staffed: Administrative[datetime | None]
    call: Administrative[list[str]]
    taken: Administrative[bool]
    mine: Administrative[bool]
    case_number: Administrative[JsonValue | Erasure] = None
    closed: Administrative[ClosedShown | None] = None
    banner: Administrative[Banner | None] = None
    protection: Administrative[ProtectionShown | None] = None
    marking: Administrative[Marking | None] = None
    policies: Administrative[list[PolicyShown]] = []


def closed_of(line: PartyView) -> ClosedShown | None:
    """Give how a line has closed, in words."""
    if line.closed is None:
        return None
    da, en = ENDINGS[line.closed.kind]
    return ClosedShown(kind=line.closed.kind, at=line.closed.at, da=da, en=en)


def banner_of(glass: Glass | None) -> Banner | None:
    """Give what is said while a glass is broken."""
    return Banner(until=glass.until) if glass else None


def protection_of(protection: Protection | None, now: datetime) -> ProtectionShown | None:
    """Give the protection of an address, with the warning that it has lapsed."""
    if protection is None:
        return None
    return ProtectionShown(
        kind=protection.kind,
        since=protection.since,
        lapses_on=protection.lapses_on,
        lapsed=civil_date(now) > protection.lapses_on,
    )


def policy_of(rules: Rulebook, name: str) -> PolicyShown:
    """Give a policy by its id, in words."""
    words = rules.policies.words(name)
    return PolicyShown(id=name, da=words.da, en=words.en)
