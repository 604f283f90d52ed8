"""What can be asked about an office."""

from shared.kernel.commands import Command
from shared.kernel.ids import ActorId


class _AboutOffice(Command):
    """Says whose office it is, in which unit or forum, and which."""

    holder: ActorId
    place: str
    office: str


class GrantOffice(_AboutOffice):
    """Let a person hold an office."""


class EndOffice(_AboutOffice):
    """Let a person no longer hold an office."""
