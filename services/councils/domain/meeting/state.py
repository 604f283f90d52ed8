"""What is true of a meeting: not convened, convened, or with its agenda out."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from services.councils.domain.meeting.events import MeetingConvened, MeetingEvent
from shared.kernel.ids import ForumId, UnitId
from shared.kernel.recorded import Recorded


@dataclass(frozen=True, slots=True)
class NotConvened:
    """There is no such meeting."""


@dataclass(frozen=True, slots=True)
class Convened:
    """A meeting that exists. ``seen`` counts its facts, all of which the intake unit may see."""

    forum: ForumId
    intake: UnitId
    starts_at: datetime
    agenda_sent: bool
    seen: int


Meeting: TypeAlias = NotConvened | Convened


def evolve(meeting: Meeting, fact: Recorded[MeetingEvent]) -> Meeting:
    """Move *meeting* on by one fact."""
    event = fact.event
    if isinstance(event, MeetingConvened):
        return Convened(event.forum, event.intake, event.starts_at, agenda_sent=False, seen=1)
    if isinstance(meeting, NotConvened):
        raise TypeError(f"a meeting begins by being convened, not with {event.type}")
    return replace(meeting, agenda_sent=True, seen=meeting.seen + 1)
