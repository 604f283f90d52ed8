"""Replaying one referral step by step, from the ledger's own bytes: it holds no keys."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, JsonValue

from services.audit.ledger.reading import Entry
from services.audit.wiring import Here, Known
from shared.access.caller import NoOffice, UnitMissing
from shared.access.rulebooks import NoRulebook
from shared.api.problems import problems
from shared.contracts.catalogue import is_within_unit, words_of
from shared.kernel.ids import AuthorityId
from shared.kernel.refusals import DoesNotExist, NotAllowed

REFERRALS = "referrals"
NAMES_AN_AUTHORITY = frozenset({"addressee_authority", "party_authority"})
router = APIRouter(tags=["replaying"])


class NotAnAuditor(NotAllowed):
    """Only an auditor or data protection officer may replay.

    (da: Kun en revisor eller databeskyttelsesrådgiver kan gennemspille en sag.)
    """


class Step(BaseModel):
    """One fact: which move, when, by whom, under which rules; nothing that was sealed.

    ``actor`` is a code: the same person has the same one. ``said`` holds what stands in clear:
    units, route, legal basis, rule, data categories. ``entry`` and ``leaf`` find it in the ledger.
    """

    entry: int
    leaf: str
    version: int
    type: str
    da: str
    en: str
    occurred_at: datetime
    recorded_at: datetime
    authority: str
    regime: str
    actor: str
    rulebook: str
    said: dict[str, JsonValue]


class Replay(BaseModel):
    """A referral's history, first to last."""

    referral: UUID
    steps: list[Step]


@router.get(
    "/referrals/{referral_id}/replay",
    responses=problems(NotAnAuditor, DoesNotExist, NoOffice, UnitMissing, NoRulebook),
)
async def replay(referral_id: UUID, by: Known, here: Here) -> Replay:
    """Replay a referral that your own authority takes part in.

    What your authority did itself is all there; of what others did, what they did as parties since
    your authority became one.
    """
    if not by.oversees:
        raise NotAnAuditor
    stream = f"referral-{referral_id}"
    entries = await asyncio.to_thread(here.ledger.pages.stream, REFERRALS, stream)
    steps = [_step(entry) for entry in _open_to(by.authority, entries)]
    if not steps:
        raise DoesNotExist
    return Replay(referral=referral_id, steps=steps)


def _open_to(authority: AuthorityId, entries: Sequence[Entry]) -> Iterator[Entry]:
    joined = False
    for entry in entries:
        acted = json.loads(entry.fact.metadata)["authority"] == authority
        joined = joined or acted or authority in _named(entry)
        if acted or (joined and not is_within_unit(entry.fact.type)):
            yield entry


def _named(entry: Entry) -> Iterator[str]:
    """Give the authorities that a fact makes parties, as far as that is no secret."""
    for name, value in json.loads(entry.fact.data).items():
        if name in NAMES_AN_AUTHORITY and isinstance(value, str):
            yield value


def _step(entry: Entry) -> Step:
    fact = entry.fact
    metadata: Mapping[str, str] = json.loads(fact.metadata)
    body: Mapping[str, JsonValue] = json.loads(fact.data)
    words = words_of(fact.type)
    return Step(
        entry=entry.number,
        leaf=entry.leaf.hex(),
        version=fact.version,
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
