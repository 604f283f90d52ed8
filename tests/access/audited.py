"""The doors of the audit, asked by one person: for control of a referral that is in the ledger.

The ledger holds the facts that the lines of the matrix are made of; where a programme hides its
cases, with units hidden as they are on the bus. Whether somebody controls at all depends on no
case, so the policies are asked once for each office.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.audit.api import replaying
from services.audit.ledger.reading import Entry
from services.audit.overseeing import NotAnAuditor, demand_control
from shared.access.caller import Caller
from shared.access.noting import Noting, Why
from shared.eventstore.codec import enclosed, replaced
from shared.eventstore.port import Stored
from shared.kernel.clock import written
from shared.kernel.personal import Hidden, Sealed
from shared.kernel.recorded import Recorded
from shared.reads.reading import Kind
from shared.rulebook.policies import ClassPolicies
from tests.access import everybody as every
from tests.access.at_once import at_once
from tests.access.everybody import NOW, Place, Situation

OUT_OF_SIGHT = Hidden[Any](Sealed("r1~elsewhere"))


class Desk:
    """Stands in for what the audit is wired with, and notes nothing."""

    def __init__(self, by: Caller, entries: tuple[Entry, ...] = ()) -> None:
        self.by, self.entries = by, entries
        self.here = self.ledger = self.pages = self
        self.clock = SimpleNamespace(now=lambda: NOW)
        self.rulebooks = SimpleNamespace(at=lambda _: every.rulebook())

    def stream(self, *_of: object) -> tuple[Entry, ...]:
        """Give what the ledger has of the referral."""
        return self.entries

    async def shown(self, *_what: object) -> None:
        """Note nothing."""

    async def denied(self, *_what: object) -> None:
        """Note nothing."""


def replayed(place: Place, situation: Situation, by: Caller) -> str | None:
    """Give a replay, where somebody has one. To be asked within ``doors_open``."""
    return _replayed(place, situation, by, every.rulebook().policies)


@cache
def _replayed(place: Place, situation: Situation, by: Caller, _under: ClassPolicies) -> str | None:
    referral = every.referral_of(place, situation)
    here = cast("Any", Desk(by, entries_of(place, situation) if by.oversees else ()))
    answer = at_once(replaying.replay(referral, by, here, here))
    return answer.model_dump_json() if answer else None


def may_read_the_log(by: Caller, purpose: str) -> bool:
    """Tell whether somebody sees who looked, for control or, where they say so, for insight."""
    why = _control(by, every.rulebook().policies, insight=purpose == "insight")
    return why is not None and why.purpose == purpose


@cache
def _control(by: Caller, _under: ClassPolicies, *, insight: bool) -> Why | None:
    """Give for what somebody controls, None where they may not; *_under* are those in force."""
    notes = cast("Noting", Desk(by))
    return at_once(demand_control(notes, Kind.READS, [], insight=insight))


@contextmanager
def doors_open() -> Iterator[None]:
    """Let the replay find its entries without a thread, and remember who may control."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replaying, "asyncio", SimpleNamespace(to_thread=_at_once))
        patch.setattr(replaying, "demand_control", _remembered)
        yield


async def _at_once(asked: Any, *what: object) -> Any:  # noqa: ANN401 - whatever it gives
    return asked(*what)


async def _remembered(notes: Noting, *_what: object) -> Why:
    why = _control(notes.by, every.rulebook().policies, insight=False)
    if why is None:
        raise NotAnAuditor
    return why


@cache
def entries_of(place: Place, situation: Situation) -> tuple[Entry, ...]:
    """Give what the ledger holds of a referral."""
    secret = every.programme_in(place.space).existence == "secret"
    return tuple(
        Entry(fact.version, replaying.REFERRALS, _stored(fact, secret=secret), b"")
        for fact in every.facts_of(place, situation)
    )


def _stored(fact: Recorded[Any], *, secret: bool) -> Stored:
    event = fact.event
    if secret:
        hidden = [path for path, value in enclosed(event) if isinstance(value, Hidden)]
        event = replaced(event, dict.fromkeys(hidden, OUT_OF_SIGHT))
    told = dict.fromkeys(("occurred_at", "recorded_at"), written(fact.at))
    told |= {"authority": fact.authority, "actor": fact.actor, "regime": "gdpr", "rulebook": ""}
    where = (fact.position, fact.stream, fact.version, fact.id, event.type)
    data = event.model_dump_json(exclude_none=True).encode()
    return Stored(*where, json.dumps(told).encode(), data)
