"""Who may ask anything of a meeting at all."""

from services.councils.domain.meeting.commands import ConveneMeeting, SendAgenda
from services.councils.domain.meeting.state import Meeting, NotConvened
from shared.kernel.asking import Acting, Asked
from shared.kernel.refusals import DoesNotExist, OutOfDate


def guard(
    acting: Acting, asked: Asked, _command: ConveneMeeting | SendAgenda, meeting: Meeting
) -> None:
    """Refuse every unit but the committee's intake: for them there is nothing here."""
    if isinstance(meeting, NotConvened):
        return
    if acting.unit != meeting.intake:
        raise DoesNotExist
    if asked.if_match is not None and meeting.seen not in asked.if_match:
        raise OutOfDate
