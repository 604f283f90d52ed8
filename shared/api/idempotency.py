"""The same request sent twice is one request: its key, its id, and proof that it is the same."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from shared.api.edge import IdempotencyKeyMalformed, IdempotencyKeyMissing
from shared.api.sealing import mac
from shared.kernel.ids import UnitId

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Wish:
    """A request for a change: its id, and the MAC that tells it from another of the same key."""

    command_id: UUID
    request_mac: str


async def wish(
    request: Request, *, unit: UnitId, asks: Sequence[str], office: str = "", key: bytes
) -> Wish:
    """Give what makes *request*, made on behalf of *unit*, one and the same when it is repeated.

    *asks* names who asks, and whom for. The *office* acted in is part of what is said: the same
    words under the same key in another office are refused, and never done a second time.
    *key* is the key store's key for request MACs: a bare hash would let a CPR be guessed.
    Raises ``IdempotencyKeyMissing`` and ``IdempotencyKeyMalformed``.
    """
    method, path = request.method, request.scope["path"]
    key_of_caller = idempotency_key(request)
    return Wish(
        command_id_of(key, unit, *asks, method, path, key_of_caller),
        mac(key, method, path, unit, office, await request.body()),
    )


def command_id_of(key: bytes, *named: str) -> UUID:
    """Give the id of the command that *named* names: unit, who asks, method, path, caller's key.

    It goes out with every fact, so it is made under a key: else one could try out unit after unit
    and person after person until it fits.
    """
    return UUID(bytes=bytes.fromhex(mac(key, "command", *named))[:16], version=5)


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
