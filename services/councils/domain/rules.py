"""What the rulebook says of the district on one day: who may hold what, and who keeps a docket."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.rulebook.slices import District, Forum

TOVHOLDER = "tovholder"


@dataclass(frozen=True, slots=True)
class Rules:
    """The district's directory on the civil date ``on`` (Europe/Copenhagen)."""

    district: District
    on: date
    manifest_hash: str

    def may_hold(self, office: str, place: str) -> bool:
        """Whether somebody may hold this office in the unit or forum *place*."""
        return self.district.may_hold(office, place, self.on)

    def committee(self, forum: str) -> Forum | None:
        """The forum with this id, if it keeps a docket and somebody takes in what is sent to it."""
        found = self.district.forum(forum, self.on)
        return found if found and self._keeps_docket(found) else None

    def committee_of(self, intake: str) -> Forum | None:
        """The forum with a docket whose intake this unit is."""
        found = self.district.forum_of_intake(intake, self.on)
        return found if found and self._keeps_docket(found) else None

    def postponement_reasons(self, forum: str) -> tuple[str, ...]:
        """The ids of the reasons for which this forum may put an item off to another meeting."""
        docket = self.district.docket_of(forum)
        return tuple(reason.id for reason in docket.postponement_reasons) if docket else ()

    def return_reasons(self, forum: str) -> tuple[str, ...]:
        """The ids of the reasons for which this forum may decline to take an item up."""
        docket = self.district.docket_of(forum)
        return tuple(reason.id for reason in docket.return_reasons) if docket else ()

    def leads(self, offices: Iterable[str]) -> bool:
        """Whether one of these offices is that of the tovholder, or stands in for it."""
        held = (self.district.office_by_id.get(office) for office in offices)
        return any(o is not None and TOVHOLDER in {o.id, o.stands_in_for} for o in held)

    def _keeps_docket(self, forum: Forum) -> bool:
        return forum.kind in self.district.dockets and forum.intake != "unknown"
