"""Which authority may open what another one wrote: what is shared, and what a closing leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.referrals.domain.referral.parties import Party, Role
from services.referrals.domain.sharing.state import Closing
from shared.kernel.decider import Grant
from shared.kernel.ids import AuthorityId, UnitId


@dataclass(frozen=True, slots=True)
class Content:
    """What the parties share: a later party reads the concern, and no earlier talk."""

    event: UUID
    writer: AuthorityId
    version: int
    is_concern: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """What is shared with whom, and what has ended. ``accepted`` is when it was last taken on."""

    contents: tuple[Content, ...]
    parties: tuple[Party, ...]
    closings: Mapping[UnitId, Closing]
    accepted: int | None

    def grants(self) -> Iterator[Grant]:
        """Give what each authority may open of what others wrote."""
        for content in self.contents:
            for party in self.parties:
                if content.writer != party.authority and self._reads(party, content):
                    yield Grant(content.event, content.writer, party.authority)

    def _reads(self, party: Party, content: Content) -> bool:
        if party.unit in self.closings:
            return self._has_on_file(party, content)
        is_of_its_time = content.version >= party.since or party.sees == "start"
        return content.is_concern or is_of_its_time

    def _has_on_file(self, party: Party, content: Content) -> bool:
        """Say whether it went into the party's own file: the concern, as it was when accepted."""
        if party.role is not Role.HOLDER or self.accepted is None:
            return False
        return content.is_concern and content.version <= self.accepted
