"""Proofs for who controls: heads, and that an entry or an older log is in a newer one.

Councils keep the heads as well. They hear of them as of any fact, and ask at no door.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.audit.ledger.reading import LedgerFile
from services.audit.overseeing import NotAnAuditor, demand_control
from services.audit.wiring import Here, Wiring
from shared.access.caller import NoOffice, OfficeMissing, UnitMissing
from shared.access.noting import Notes, Noting
from shared.access.rulebooks import NoRulebook
from shared.api.labels import Administrative
from shared.api.problems import problems
from shared.kernel.refusals import DoesNotExist
from shared.reads.log import ReadsUnwritable
from shared.reads.reading import Kind

ALWAYS = (NotAnAuditor, NoOffice, UnitMissing, OfficeMissing, NoRulebook, ReadsUnwritable)
router = APIRouter(tags=["proving"], responses=problems(*ALWAYS))
Number = Annotated[int, Query(ge=0, le=2**53)]


class Heads(BaseModel):
    """Signed heads of the log (C2SP checkpoints), oldest first, and the key that signs them."""

    key: Administrative[str]
    heads: Administrative[list[str]]


class Proof(BaseModel):
    """Hashes in hexadecimal, in the order of RFC 6962 §2.1."""

    hashes: Administrative[list[str]]


@router.get("/heads")
async def heads(here: Here, notes: Notes, start: Number = 0) -> Heads:
    """Get the heads signed from number *start* on, at most 500.

    A head says how many facts and reads there are of all authorities together, and of whom none.
    """
    why = await demand_control(notes, Kind.SHOW, ["heads"])
    signed = await asyncio.to_thread(here.ledger.pages.heads, start)
    await notes.shown(Kind.SHOW, [("heads", sorted(Heads.model_fields))], why)
    return Heads(key=str(here.key), heads=list(signed))


@router.get("/proofs/inclusion", responses=problems(*ALWAYS, DoesNotExist))
async def inclusion(here: Here, notes: Notes, entry: Number, size: Number) -> Proof:
    """Get the proof that an entry is among the first *size* (RFC 6962 §2.1.1).

    *size* is that of a head. For any other there is no proof, however long the log is by now.
    """
    ids = (f"entry:{entry}", f"head:{size}")
    asked = _Asked(ids, (size,), lambda pages: pages.inclusion(entry, size))
    return await _proof(here, notes, asked)


@router.get("/proofs/consistency", responses=problems(*ALWAYS, DoesNotExist))
async def consistency(here: Here, notes: Notes, first: Number, second: Number) -> Proof:
    """Get the proof that the log of size *first* became that of *second* (RFC 6962 §2.1.2).

    Both are sizes of heads. For any other there is no proof, however long the log is by now.
    """
    ids = tuple(f"head:{size}" for size in (first, second))
    asked = _Asked(ids, (first, second), lambda pages: pages.consistency(first, second))
    return await _proof(here, notes, asked)


@dataclass(frozen=True)
class _Asked:
    """A proof that is asked for: about what, over which sizes, and how it is made."""

    ids: Sequence[str]
    sizes: Sequence[int]
    make: Callable[[LedgerFile], Sequence[bytes]]

    def made(self, pages: LedgerFile) -> Sequence[bytes] | None:
        """Give the hashes; None for what is not there, and for sizes that no head says."""
        if not all(pages.has_head(size) for size in self.sizes):
            return None
        try:
            return self.make(pages)
        except ValueError:
            return None


async def _proof(here: Wiring, notes: Noting, asked: _Asked) -> Proof:
    why = await demand_control(notes, Kind.SHOW, asked.ids)
    hashes = await asyncio.to_thread(asked.made, here.ledger.pages)
    if hashes is None:
        for each in asked.ids:
            await notes.denied(Kind.SHOW, each, why)
        raise DoesNotExist
    await notes.shown(Kind.SHOW, [(each, sorted(Proof.model_fields)) for each in asked.ids], why)
    return Proof(hashes=[each.hex() for each in hashes])
