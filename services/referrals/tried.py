"""What a try is called: under a key, so that whoever reads facts cannot find out who it was."""

from dataclasses import dataclass, field
from datetime import date
from typing import Self
from uuid import UUID

from shared.api.sealing import mac
from shared.kernel.ids import ActorId
from shared.serving.keys import Keys

_HALF = 16


@dataclass(frozen=True)
class TryNames:
    """Names the tries of each person at each referral: one a day.

    The first half says who, to whoever has the key, and the second on which day. A person is known
    by the code that they have within that one referral.
    """

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, keys: Keys) -> Self:
        """Give the names under the service's own key for them."""
        return cls(keys.derive("tries"))

    def name(self, person: ActorId, day: date) -> UUID:
        """Give what the tries of this person on this day are called."""
        return UUID(self._who(person) + mac(self.key, "day", person, day.isoformat())[:_HALF])

    def is_of(self, tried: UUID, person: ActorId) -> bool:
        """Say whether it was this person who tried."""
        return tried.hex[:_HALF] == self._who(person)

    def _who(self, person: ActorId) -> str:
        return mac(self.key, "who", person)[:_HALF]
