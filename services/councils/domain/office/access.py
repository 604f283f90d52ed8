"""Who may ask anything about an office, of those whom the door lets in: operators alone."""

from services.councils.domain.office.commands import EndOffice, GrantOffice
from services.councils.domain.office.refusals import OwnOffice
from services.councils.domain.office.state import Held, Vacant
from shared.kernel.asking import Acting, Asked


def guard(
    acting: Acting, _asked: Asked, command: GrantOffice | EndOffice, _office: Vacant | Held
) -> None:
    """Refuse an operator who would become one of those whose cases are here; ending is free."""
    if isinstance(command, GrantOffice) and command.holder == acting.actor:
        raise OwnOffice
