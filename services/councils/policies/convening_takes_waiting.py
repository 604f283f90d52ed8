"""Whenever a meeting is convened, each item that waited for one is put on its agenda."""

from collections.abc import Iterable, Iterator

from services.councils.domain.item.commands import PlaceItem
from services.councils.domain.meeting.events import MeetingConvened, MeetingEvent
from services.councils.policies.request import Listed, Request
from shared.eventstore.codec import case_of
from shared.kernel.recorded import Recorded


def react(news: Recorded[MeetingEvent], waiting: Iterable[Listed]) -> Iterator[Request]:
    """Ask that each item that waited on the forum's docket is put on the new agenda.

    The agenda counts as not sent: it is taken up by the convening itself, however late this runs.
    """
    if not isinstance(news.event, MeetingConvened):
        return
    for item, intake in waiting:
        command = PlaceItem(
            unit=intake,
            at=news.at,
            meeting=case_of(news.stream),
            forum=news.event.forum,
            agenda_sent=False,
        )
        yield Request(news.id, "place", item, command)
