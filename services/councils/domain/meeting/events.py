"""What can happen to a meeting."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from shared.kernel.events import Event
from shared.kernel.ids import ForumId, UnitId


class MeetingConvened(Event):
    """A committee is called together; what waits on its docket is taken up.

    (da: Møde indkaldt)
    """

    type: Literal["meeting.convened.v1"] = "meeting.convened.v1"
    forum: ForumId
    intake: UnitId
    starts_at: datetime


class AgendaSent(Event):
    """The agenda has gone out to those who take part. (da: Dagsorden udsendt)"""

    type: Literal["meeting.agenda-sent.v1"] = "meeting.agenda-sent.v1"


MeetingEvent: TypeAlias = Annotated[MeetingConvened | AgendaSent, Field(discriminator="type")]
