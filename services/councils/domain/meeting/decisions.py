"""What follows when a meeting is convened, and when its agenda goes out."""

from datetime import UTC, timedelta
from typing import Final

from services.councils.domain.item.refusals import KeepsNoDocket
from services.councils.domain.meeting.commands import ConveneMeeting, SendAgenda
from services.councils.domain.meeting.events import AgendaSent, MeetingConvened, MeetingEvent
from services.councils.domain.meeting.refusals import (
    AgendaAlreadySent,
    AlreadyConvened,
    NotYourCommittee,
    StartsInPast,
    StartsTooLate,
)
from services.councils.domain.meeting.state import Convened, Meeting, NotConvened
from services.councils.domain.rules import Rules
from shared.kernel.refusals import DoesNotExist

FURTHEST: Final = timedelta(days=5 * 365)
"""How far ahead a meeting is convened: further is a slip of the hand, or no time in UTC at all."""


def decide(
    command: ConveneMeeting | SendAgenda, meeting: Meeting, rules: Rules
) -> tuple[MeetingEvent]:
    """Answer a request with the fact it brings about, or refuse it."""
    match command, meeting:
        case ConveneMeeting(), NotConvened():
            return (_convened(command, rules),)
        case ConveneMeeting(), Convened():
            raise AlreadyConvened
        case SendAgenda(), Convened(agenda_sent=False):
            return (AgendaSent(),)
        case SendAgenda(), Convened():
            raise AgendaAlreadySent
        case _:
            raise DoesNotExist


def _convened(command: ConveneMeeting, rules: Rules) -> MeetingConvened:
    committee = rules.committee(command.forum)
    if committee is None:
        raise KeepsNoDocket
    if committee.intake != command.unit:
        raise NotYourCommittee
    if command.starts_at <= command.at:
        raise StartsInPast
    if command.starts_at - command.at > FURTHEST:
        raise StartsTooLate
    return MeetingConvened(
        forum=command.forum, intake=command.unit, starts_at=command.starts_at.astimezone(UTC)
    )
