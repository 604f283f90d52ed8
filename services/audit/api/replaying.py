"""Replaying one referral step by step, from the ledger's own bytes: it holds no keys."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, JsonValue

from services.audit.ledger.reading import Entry
from services.audit.overseeing import NotAnAuditor, demand_control
from services.audit.taking_part import open_to
from services.audit.wiring import Here, Known
from shared.access.caller import NoOffice, OfficeMissing, UnitMissing
from shared.access.marking import Marking
from shared.access.noting import Notes
from shared.access.rulebooks import NoRulebook
from shared.api.labels import Administrative
from shared.api.problems import problems
from shared.contracts.catalogue import words_of
from shared.kernel.refusals import DoesNotExist
from shared.reads.log import ReadsUnwritable
from shared.reads.reading import Kind

REFERRALS = "referrals"
router = APIRouter(tags=["replaying"])


class Step(BaseModel):
    """One fact: which move, when, by whom, under which rules; nothing that was sealed.

    ``actor`` is a code: the same person has the same one, in a secret case within that case alone.
    ``said`` holds what stands in clear: units, route, legal basis, rule, data categories.
    ``entry`` and ``leaf`` find it in the ledger, and prove with a head that it is there (ADR 9).
    Steps have no number of their own: a gap in it would tell of what others did among themselves.
    """

    entry: Administrative[int]
    leaf: Administrative[str]
    type: Administrative[str]
    da: Administrative[str]
    en: Administrative[str]
    occurred_at: Administrative[datetime]
    recorded_at: Administrative[datetime]
    authority: Administrative[str]
    regime: Administrative[str]
    actor: Administrative[str]
    rulebook: Administrative[str]
    said: Administrative[dict[str, JsonValue]]


class Replay(BaseModel):
    """A referral's history, first to last, and what it may not be used for.

    That is said of every one, as the audit does not know which case rests on § 115.
    """

    marking: Administrative[Marking]
    referral: Administrative[UUID]
    steps: Administrative[list[Step]]


@router.get(
    "/referrals/{referral_id}/replay",
    responses=problems(
        NotAnAuditor,
        DoesNotExist,
        NoOffice,
        UnitMissing,
        OfficeMissing,
        NoRulebook,
        ReadsUnwritable,
    ),
)
async def replay(referral_id: UUID, by: Known, here: Here, notes: Notes) -> Replay:
    """Replay a referral that your own authority takes part in.

    What your authority did itself is all there once the referral has been sent; of what others did,
    what they did as parties from when your authority became one until it no longer was. Where a
    programme keeps it secret that a case exists, the ledger does not say in clear who was made a
    party: there the replay begins with your authority's own first act, and before that the referral
    does not exist. What your view showed at the time stays, also where it shows no more now.
    """
    why = await demand_control(notes, Kind.REPLAY, [case := f"referral:{referral_id}"])
    stream = f"referral-{referral_id}"
    entries = await asyncio.to_thread(here.ledger.pages.stream, REFERRALS, stream)
    steps = [_step(entry) for entry in open_to(by.authority, entries)]
    if not steps:
        await notes.denied(Kind.REPLAY, case, why)
        raise DoesNotExist
    await notes.shown(Kind.REPLAY, [(case, sorted(Step.model_fields))], why)
    return Replay(marking=Marking(), referral=referral_id, steps=steps)


def _step(entry: Entry) -> Step:
    fact = entry.fact
    metadata: Mapping[str, str] = json.loads(fact.metadata)
    body: Mapping[str, JsonValue] = json.loads(fact.data)
    words = words_of(fact.type)
    return Step(
        entry=entry.number,
        leaf=entry.leaf.hex(),
        type=fact.type,
        da=words.da if words else fact.type,
        en=words.en if words else fact.type,
        occurred_at=datetime.fromisoformat(metadata["occurred_at"]),
        recorded_at=datetime.fromisoformat(metadata["recorded_at"]),
        authority=metadata["authority"],
        regime=metadata["regime"],
        actor=metadata["actor"],
        rulebook=metadata["rulebook"],
        said={name: value for name, value in body.items() if _in_clear(name, value)},
    )


def _in_clear(name: str, value: JsonValue) -> bool:
    return name not in {"type", "intake"} and not isinstance(value, dict)
