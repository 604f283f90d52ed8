"""Proofs that anybody may ask for: heads, and that an entry or an older log is in a newer one."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.audit.wiring import Here
from shared.api.identity import signed_in
from shared.api.labels import Administrative
from shared.api.problems import problems
from shared.kernel.refusals import DoesNotExist

router = APIRouter(
    tags=["proving"], dependencies=[Depends(signed_in)], responses=problems(DoesNotExist)
)
Number = Annotated[int, Query(ge=0, le=2**53)]


class Heads(BaseModel):
    """Signed heads of the log (C2SP checkpoints), oldest first, and the key that signs them."""

    key: Administrative[str]
    heads: Administrative[list[str]]


class Proof(BaseModel):
    """Hashes in hexadecimal, in the order of RFC 6962 §2.1."""

    hashes: Administrative[list[str]]


@router.get("/heads")
async def heads(here: Here, start: Number = 0) -> Heads:
    """Get the heads signed from number *start* on, at most 500."""
    notes = await asyncio.to_thread(here.ledger.pages.heads, start)
    return Heads(key=str(here.key), heads=list(notes))


@router.get("/proofs/inclusion")
async def inclusion(here: Here, entry: Number, size: Number) -> Proof:
    """Get the proof that an entry is among the first *size* (RFC 6962 §2.1.1)."""
    try:
        hashes = await asyncio.to_thread(here.ledger.pages.inclusion, entry, size)
    except ValueError:
        raise DoesNotExist from None
    return Proof(hashes=[each.hex() for each in hashes])


@router.get("/proofs/consistency")
async def consistency(here: Here, first: Number, second: Number) -> Proof:
    """Get the proof that the log of size *first* became that of *second* (RFC 6962 §2.1.2)."""
    try:
        hashes = await asyncio.to_thread(here.ledger.pages.consistency, first, second)
    except ValueError:
        raise DoesNotExist from None
    return Proof(hashes=[each.hex() for each in hashes])
