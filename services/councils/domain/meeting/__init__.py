"""A meeting of a committee: convened, and then its agenda goes out. Its items are their own."""

from services.councils.domain.meeting.commands import ConveneMeeting, SendAgenda
from services.councils.domain.meeting.decisions import decide
from services.councils.domain.meeting.events import MeetingEvent
from services.councils.domain.meeting.state import Meeting, NotConvened, evolve
from services.councils.domain.rules import Rules
from shared.kernel.decider import Decider

decider: Decider[ConveneMeeting | SendAgenda, Meeting, MeetingEvent, Rules] = Decider(
    initial=NotConvened(), decide=decide, evolve=evolve
)
