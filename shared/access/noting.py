"""Noting what a door shows to whom, or does not: the last thing before its answer leaves."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, NamedTuple, cast

from fastapi import Depends
from starlette.requests import Request

from shared.access.caller import Caller, KnowsWho, caller
from shared.api.health import template_of
from shared.reads.log import ReadLog
from shared.reads.reading import Kind, Object, Outcome, Reading, Seen, Who, gathered


class KnowsReads(KnowsWho):
    """What a service's wiring must hold for its reads to be noted."""

    reads: ReadLog


class Why(NamedTuple):
    """For which purpose and on what basis something was asked for, and which policies decided."""

    purpose: str | None = None
    basis: str | None = None
    reason: str | None = None
    policies: tuple[str, ...] = ()


NO_REASON = Why()


@dataclass(frozen=True)
class Noting:
    """The log of reads as the door of one request uses it."""

    here: KnowsReads
    by: Caller
    door: str

    async def shown(
        self,
        kind: Kind,
        objects: Iterable[Object | tuple[str, Sequence[str]]],
        why: Why = NO_REASON,
    ) -> None:
        """Note that these objects are shown: of each its id and the names of the fields.

        Raises ``ReadsUnwritable``; then nothing may be shown.
        """
        await self._note(kind, Outcome.SHOWN, gathered(objects), why)

    async def denied(self, kind: Kind, object_id: str, why: Why = NO_REASON) -> None:
        """Note that an object was asked for and not shown, whether it is there or not.

        Raises ``ReadsUnwritable``.
        """
        await self._note(kind, Outcome.DENIED, (Seen(ids=(object_id,)),), why)

    async def _note(
        self, kind: Kind, outcome: Outcome, objects: tuple[Seen, ...], why: Why
    ) -> None:
        now, age = self.here.clock.now(), self.by.view_age
        reading = Reading(
            who=who(self.by),
            kind=kind,
            outcome=outcome,
            at=now,
            door=self.door,
            objects=objects,
            **why._asdict(),
            rulebook=self.here.rulebooks.at(now).manifest.hash,
            view_age=round(age, 3) if math.isfinite(age) else None,
        )
        await self.here.reads.note(reading)


def who(by: Caller) -> Who:
    """Give the person at the door as the log of reads knows them."""
    return Who(
        actor=by.actor,
        issuer=by.identity.issuer,
        subject=by.subject,
        unit=by.unit,
        authority=by.authority,
        regime=by.regime,
        office=by.office,
        on_behalf=by.on_behalf,
    )


async def noting(request: Request, by: Annotated[Caller, Depends(caller)]) -> Noting:
    """Give what notes the reads of this request."""
    return Noting(cast("KnowsReads", request.app.state.wiring), by, template_of(request.scope))


Notes = Annotated[Noting, Depends(noting)]
