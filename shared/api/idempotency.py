"""The same request sent twice is one request: its key, its id, and proof that it is the same."""

import json
import re
from dataclasses import dataclass
from uuid import UUID, uuid5

from starlette.requests import Request

from shared.api.edge import IdempotencyKeyMalformed, IdempotencyKeyMissing
from shared.api.identity import Identity
from shared.api.sealing import mac
from shared.kernel.ids import UnitId

NAMESPACE = UUID("6f1f0f8e-9a5b-5c0e-8a53-2d1c6a0b7e41")
"""Command ids of Kredsløb; changing it makes every repeated request a new one."""

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Wish:
    """A request for a change: its id, and the MAC that tells it from another of the same key."""

    command_id: UUID
    request_mac: str


async def wish(request: Request, *, unit: UnitId, identity: Identity, key: bytes) -> Wish:
    """Give what makes *request*, made on behalf of *unit*, one and the same when it is repeated.

    *key* is the key store's key for request MACs: a bare hash would let a CPR be guessed.
    Raises ``IdempotencyKeyMissing`` and ``IdempotencyKeyMalformed``.
    """
    method, path = request.method, request.scope["path"]
    named = [unit, identity.subject, method, path, idempotency_key(request)]
    return Wish(
        uuid5(NAMESPACE, json.dumps(named)),
        mac(key, method, path, unit, await request.body()),
    )


def idempotency_key(request: Request) -> str:
    """Give the caller's own name for this request.

    Raises ``IdempotencyKeyMissing`` and ``IdempotencyKeyMalformed``.
    """
    match request.headers.getlist("idempotency-key"):
        case []:
            raise IdempotencyKeyMissing
        case [key] if _KEY.fullmatch(key):
            return key
        case _:
            raise IdempotencyKeyMalformed
