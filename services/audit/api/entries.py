"""How a reading is told: to who made it, to who controls it, and to whom it was about."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.audit.asking import Told
from shared.access.marking import Marking
from shared.access.noting import Noting, Why
from shared.api.labels import Administrative
from shared.api.paging import Page
from shared.reads.reading import Kind, Outcome

T = TypeVar("T")


class MarkedPage(Page[T], Generic[T]):
    """A page of readings, and what none of it may be used for.

    It is said of every page, as the audit does not know which case rests on § 115.
    """

    marking: Administrative[Marking]


class Objects(BaseModel):
    """Objects of which these fields were shown; no field where nothing was.

    For which purpose and on what basis is said here where it is not that of the whole reading.
    """

    ids: Administrative[list[str]]
    fields: Administrative[list[str]]
    purpose: Administrative[str | None] = None
    basis: Administrative[str | None] = None


class Entry(BaseModel):
    """One reading: when and where, of what, for which purpose and on what basis.

    ``view_age``: for how many seconds nothing had been heard of who holds which office; absent
    where nothing ever had.
    """

    record: Administrative[UUID]
    at: Administrative[datetime]
    kind: Administrative[Kind]
    outcome: Administrative[Outcome]
    unit: Administrative[str]
    office: Administrative[str]
    on_behalf: Administrative[str | None]
    door: Administrative[str]
    objects: Administrative[list[Objects]]
    purpose: Administrative[str | None]
    basis: Administrative[str | None]
    reason: Administrative[str | None]
    policies: Administrative[list[str]]
    rulebook: Administrative[str]
    view_age: Administrative[float | None]


class Controlled(Entry):
    """A reading with who made it: the code that filters take, and what the login knows them by."""

    actor: Administrative[str]
    issuer: Administrative[str]
    subject: Administrative[str]


def entry(told: Told) -> Entry:
    """Give a reading as who made it may see it."""
    reading = told.reading
    return Entry(
        record=told.record,
        objects=list(_objects(told, None)),
        unit=reading.who.unit,
        office=reading.who.office,
        on_behalf=reading.who.on_behalf,
        policies=list(reading.policies),
        **reading.model_dump(include=SAME),
    )


SAME = {"at", "kind", "outcome", "door", "purpose", "basis", "reason", "rulebook", "view_age"}
"""What is told as it stands."""


def controlled(told: Told, only: str | None = None) -> Controlled:
    """Give a reading as who controls it may see it; of its objects *only* one, if that is said."""
    who = told.reading.who
    own = entry(told).model_dump(exclude={"objects"})
    return Controlled(
        **own,
        objects=list(_objects(told, only)),
        actor=who.actor,
        issuer=who.issuer,
        subject=who.subject,
    )


def _objects(told: Told, only: str | None) -> Iterator[Objects]:
    for seen in told.reading.objects:
        ids = [each for each in seen.ids if only is None or each == only]
        if ids:
            yield Objects(ids=ids, fields=list(seen.fields), purpose=seen.purpose, basis=seen.basis)


async def noted(
    notes: Noting,
    told: Sequence[Told],
    fields: Sequence[str],
    why: Why,
    *,
    of: Sequence[str] = (),
) -> None:
    """Note that these readings were read, and *of* what, before they are told.

    Raises ``ReadsUnwritable``.
    """
    records = dict.fromkeys(f"read:{each.record}" for each in told)
    asked: list[tuple[str, Sequence[str]]] = [(each, ()) for each in of]
    await notes.shown(Kind.READS, [*asked, *((record, fields) for record in records)], why)
