"""Which meetings has a committee? One line for each, for its intake alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.councils.domain.meeting.events import AgendaSent, MeetingConvened
from shared.kernel.clock import written
from shared.kernel.ids import ForumId
from shared.kernel.recorded import Recorded
from shared.projections.per_party import PerParty
from shared.projections.projection import NUMBER, TEXT


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """Everything there is to see of a meeting, but for what is on its agenda."""

    forum: ForumId
    starts_at: datetime
    convened: int
    convened_at: datetime
    agenda_sent_at: datetime | None = None
    seen: int = 1

    @property
    def starts(self) -> str:
        """When it begins, as text that sorts by time."""
        return written(self.starts_at)


def project(lines: Mapping[str, MeetingLine], fact: Recorded[Any]) -> Mapping[str, MeetingLine]:
    """Follow a meeting; facts about anything else change nothing."""
    match fact.event:
        case MeetingConvened(forum=forum, intake=intake, starts_at=starts_at):
            line = MeetingLine(
                forum=forum, starts_at=starts_at, convened=fact.position, convened_at=fact.at
            )
            return {intake: line}
        case AgendaSent():
            return {
                party: replace(line, agenda_sent_at=fact.at, seen=line.seen + 1)
                for party, line in lines.items()
            }
        case _:
            return lines


view = PerParty(
    name="meetings",
    line=MeetingLine,
    project=project,
    columns={"forum": TEXT, "starts": TEXT, "convened": NUMBER},
    indexes=(("party", "forum", "starts"), ("forum", "convened")),
)
