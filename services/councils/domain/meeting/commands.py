"""What can be asked of a meeting."""

from pydantic import AwareDatetime

from shared.kernel.commands import Command
from shared.kernel.ids import ForumId


class ConveneMeeting(Command):
    """Call the committee together."""

    forum: ForumId
    starts_at: AwareDatetime


class SendAgenda(Command):
    """Say that the agenda has gone out."""
