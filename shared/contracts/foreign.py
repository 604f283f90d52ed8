"""Reading another service's facts without its code: what is not asked for is passed over."""

import json
from collections.abc import Mapping

from pydantic import JsonValue

from shared.eventstore.port import Stored
from shared.kernel.clock import read
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId
from shared.kernel.recorded import Recorded


class Foreign(Event):
    """A fact of another service: its type and its fields, as they were stored."""

    fields: Mapping[str, JsonValue]

    def text(self, name: str) -> str | None:
        """Give a field that is text; None where it is missing, hidden or something else."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else None


def foreign(stored: Stored) -> Recorded[Foreign]:
    """Give any service's fact as far as everybody may read it."""
    metadata: dict[str, str] = json.loads(stored.metadata)
    return Recorded(
        event=Foreign(type=stored.type, fields=json.loads(stored.data)),
        id=stored.id,
        stream=stored.stream,
        version=stored.version,
        position=stored.position,
        at=read(metadata["recorded_at"]),
        authority=AuthorityId(metadata["authority"]),
        actor=ActorId(metadata["actor"]),
        metadata=metadata,
    )
