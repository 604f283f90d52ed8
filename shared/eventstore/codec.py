"""Between events and stored bytes: nothing personal goes in clear, old shapes are read as new.

Sealed fields stand at the top of an event or as the values of a mapping at the top; the path of a
field (``necessity``, ``intake.birth_date``) is bound into its seal.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from pydantic import JsonValue, TypeAdapter
from pydantic_core import from_json

from shared.eventstore.port import Stored
from shared.kernel.clock import read
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId
from shared.kernel.personal import ERASED, Erased, Hidden, Personal, Sealed
from shared.kernel.recorded import Recorded

E = TypeVar("E", bound=Event)
Enclosed = Personal[Any] | Hidden[Any]
HIDDEN = b'"hidden"'
"""Stands in the bytes of every event with a hidden field; most have none, and are not searched."""


class Shows(Protocol):
    """Opens the values that tell where a secret case went; only the owning service can."""

    def show(self, token: str, event: UUID, path: str) -> JsonValue:
        """Give the clear value of a token that stands at this event and path."""
        ...


class Upcast(NamedTuple):
    """How an older shape of an event is read: the type it is now, and the fields it has now."""

    to: str
    fields: Callable[[dict[str, JsonValue]], dict[str, JsonValue]]


@dataclass(frozen=True)
class Codec(Generic[E]):
    """Writes and reads one family of events. Without ``routing`` hidden values stay hidden."""

    events: TypeAdapter[E]
    routing: Shows | None = None
    upcasts: Mapping[str, Upcast] = field(default_factory=dict)

    def encode(self, event: E) -> bytes:
        """Give the bytes of an event. Raises where a personal field is still in clear."""
        return event.model_dump_json(exclude_none=True).encode()

    def decode(self, stored: Stored) -> Recorded[E]:
        """Give the fact that *stored* holds: personal fields as tokens, hidden ones opened."""
        metadata: dict[str, str] = from_json(stored.metadata)
        return Recorded(
            event=self._shown(stored, self._event(stored)),
            id=stored.id,
            stream=stored.stream,
            version=stored.version,
            position=stored.position,
            at=read(metadata["recorded_at"]),
            authority=AuthorityId(metadata["authority"]),
            actor=ActorId(metadata["actor"]),
            metadata=metadata,
        )

    def _event(self, stored: Stored) -> E:
        if stored.type not in self.upcasts:
            return self.events.validate_json(stored.data)
        name, fields, left = stored.type, json.loads(stored.data), dict(self.upcasts)
        while (upcast := left.pop(name, None)) is not None:  # each once: a circle leads nowhere
            name, fields = upcast.to, {**upcast.fields(fields), "type": upcast.to}
        return self.events.validate_python(fields)

    def _shown(self, stored: Stored, event: E) -> E:
        if self.routing is None or HIDDEN not in stored.data:
            return event
        shown = {
            path: Hidden(self.routing.show(value.content.token, stored.id, path))
            for path, value in enclosed(event)
            if isinstance(value, Hidden) and isinstance(value.content, Sealed)
        }
        return self._valid(replaced(event, shown)) if shown else event

    def _valid(self, event: E) -> E:
        """Read opened values as what the event says they are: JSON knows no tuples."""
        opened = {name: getattr(event, name) for name in type(event).model_fields}
        for name, value in opened.items():
            if isinstance(value, Hidden) and value.is_clear:
                opened[name] = value.content
        return self.events.validate_python(opened)


def enclosed(event: Event) -> Iterator[tuple[str, Enclosed]]:
    """Give every personal and hidden field of an event with its path."""
    for name, value in event:
        if isinstance(value, Personal | Hidden):
            yield name, value
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                if isinstance(inner, Personal | Hidden):
                    yield f"{name}.{key}", inner


def replaced(event: E, fields: Mapping[str, Enclosed]) -> E:
    """Give a copy of *event* with the enclosed *fields* (by path) put in the place of the old."""
    if not fields:
        return event
    update: dict[str, Any] = {}
    for path, value in fields.items():
        name, _, key = path.partition(".")
        if key:
            update.setdefault(name, dict(getattr(event, name)))[key] = value
        else:
            update[name] = value
    return event.model_copy(update=update)


def tokens(event: Event) -> dict[str, str]:
    """Give the tokens of the sealed personal fields by path."""
    return {
        path: value.content.token
        for path, value in enclosed(event)
        if isinstance(value, Personal) and isinstance(value.content, Sealed)
    }


def opened(event: E, values: Mapping[str, JsonValue | Erased]) -> E:
    """Give *event* with its personal fields as a reader may see them, by path."""
    return replaced(
        event,
        {
            path: Personal(ERASED) if isinstance(value, Erased) else Personal(value)
            for path, value in values.items()
        },
    )


def case_of(stream: str) -> UUID:
    """Give the id in a stream's name: ``referral-<uuid>``."""
    return UUID(stream.partition("-")[2])
