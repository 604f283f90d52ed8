"""Referrals as they stand in the log: facts with place, time and writer, personal fields shut.

A token here is the event's id and the field's path, so that a view can be searched for it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, get_args
from uuid import UUID

from pydantic import JsonValue, TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.parties import Role
from services.referrals.projections.party_line import Lines, PartyView
from services.referrals.projections.party_view import ACTIVATED, view
from services.referrals.projections.party_view import project as projected
from shared.eventstore.codec import enclosed, replaced
from shared.eventstore.port import Stored
from shared.kernel.clock import written
from shared.kernel.ids import derived
from shared.kernel.personal import Hidden, Personal, Sealed
from shared.kernel.recorded import Recorded
from shared.rulebook.content import load
from shared.rulebook.profiles import Profiles
from shared.rulebook.slices import Category
from tests.referrals import people as who

SHIPPED = Path(__file__).parents[2] / "rulebook"
REFERRAL = UUID("018f0000-0000-7000-8000-0000000000aa")
STREAM = f"referral-{REFERRAL}"
STEP = timedelta(minutes=7)
"""The time between one fact and the next."""
TOKEN = re.compile(r"<[0-9a-f-]{36} [a-z_.]+>")
AS_JSON = TypeAdapter(PartyView)


@cache
def profiles() -> Profiles:
    """Give the disclosure profiles that the platform comes with."""
    return Profiles.of(load(SHIPPED).content)


@cache
def generous() -> Profiles:
    """Give profiles that keep no kind of data from any party: what there is a key for."""
    kept = json.loads(profiles().text)
    for programme in kept["programmes"].values():
        programme["disclosure"] = [
            {"role": role, "unit_kinds": None, "categories": [*get_args(Category)], "from": "start"}
            for role in Role
        ]
    return Profiles.read(json.dumps(kept))


def project(lines: Lines, fact: Recorded[Any], under: Profiles | None = None) -> Lines:
    """Give what each party sees after a fact, under the shipped profiles unless others are said."""
    return projected(lines, fact, under or profiles())


def recorded(
    event: ReferralEvent, version: int, referral: UUID = REFERRAL
) -> Recorded[ReferralEvent]:
    """Give a fact as number *version* of its referral, by the one person of the unit that acted."""
    unit = event.by.value
    return Recorded(
        event=event,
        id=derived(referral, str(version)),
        stream=f"referral-{referral}",
        version=version,
        position=version + 1,
        at=who.FRIDAY_1540 + version * STEP,
        authority=who.AUTHORITY_OF[unit],
        actor=who.actor_of(unit),
    )


def log(*events: ReferralEvent) -> tuple[Recorded[ReferralEvent], ...]:
    """Give *events* one after the other, in clear."""
    return tuple(recorded(event, version) for version, event in enumerate(events))


def shut(fact: Recorded[ReferralEvent]) -> Recorded[ReferralEvent]:
    """Give a fact with tokens in place of its personal fields."""
    sealed: dict[str, Personal[JsonValue] | Hidden[JsonValue]] = {
        path: Personal(Sealed(token_of(fact.id, path)))
        for path, value in enclosed(fact.event)
        if isinstance(value, Personal)
    }
    return replace(fact, event=replaced(fact.event, sealed))


def token_of(event: UUID, path: str) -> str:
    """Give the token of a field."""
    return f"<{event} {path}>"


def token(value: Personal[JsonValue]) -> str:
    """Give the token that stands in place of a value."""
    assert isinstance(value.content, Sealed)
    return value.content.token


def views(facts: Iterable[Recorded[ReferralEvent]]) -> Mapping[str, PartyView]:
    """Give what each party sees after *facts*."""
    lines: Mapping[str, PartyView] = {}
    for fact in facts:
        lines = project(lines, shut(fact))
    return lines


def views_after(*events: ReferralEvent) -> Mapping[str, PartyView]:
    """Give what each party sees after *events*."""
    return views(log(*events))


def tokens_in(view: PartyView) -> set[str]:
    """Give every token that stands in what a party sees, as it is kept."""
    return set(TOKEN.findall(AS_JSON.dump_json(view).decode()))


def told(view: PartyView) -> list[str]:
    """Give the kinds of fact on a party's timeline, without prefix and version."""
    return [step.type.split(".")[1] for step in view.timeline]


def activation() -> Stored:
    """Give the fact that the shipped rulebook is in force, as councils would tell it."""
    body = {"type": ACTIVATED, "content": load(SHIPPED).content}
    told = {"recorded_at": written(who.FRIDAY_1540), "authority": "operator", "actor": ""}
    stream, its_id = f"rulebook-{REFERRAL}", derived(REFERRAL, "rulebook")
    return Stored(
        1, stream, 0, its_id, ACTIVATED, json.dumps(told).encode(), json.dumps(body).encode()
    )


async def lines_of(
    connection: AsyncConnection, generation: int, referral: UUID
) -> Mapping[str, PartyView]:
    """Give what each party sees of a referral as the read models have it, by unit."""
    table = view.table(generation)
    asked = select(table.c.party, table.c.line).where(table.c.stream == f"referral-{referral}")
    return {party: view.read(line) for party, line in await connection.execute(asked)}
