"""The stamp that a store puts on each fact: when it was recorded, never going back."""

import json
from collections.abc import Sequence

from shared.eventstore.port import NewEvent, checked
from shared.kernel.clock import Clock, written

RECORDED_AT = "recorded_at"


def moment_after(last: str, clock: Clock) -> str:
    """Give this moment as text, or *last*, the youngest in the store, where the clock is behind."""
    return max(last, written(clock.now()))


def unstamped(stream: str, events: Sequence[NewEvent]) -> tuple[bytes, ...]:
    """Give the metadata of each event as JSON that awaits its stamp.

    Raises ``TooLarge``, and ``ValueError`` for text that UTF-8 cannot hold: here, in the caller, so
    that nothing of the kind reaches a writer that others wait for. Only the store stamps: a
    ``recorded_at`` that came with the event is left out.
    """
    "".join((stream, *(event.type for event in checked(events)))).encode()
    return tuple(_unstamped(event) for event in events)


def _unstamped(event: NewEvent) -> bytes:
    kept = {key: value for key, value in event.metadata.items() if key != RECORDED_AT}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def stamped(metadata: bytes, moment: str) -> bytes:
    """Give what :func:`unstamped` gave with the stamp in it, as its last key."""
    between = b"," if len(metadata) > len(b"{}") else b""
    return b'%b%b"%b":"%b"}' % (metadata[:-1], between, RECORDED_AT.encode(), moment.encode())
