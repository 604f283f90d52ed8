"""What follows when an office is to be given or ended."""

from services.councils.domain.office.commands import EndOffice, GrantOffice
from services.councils.domain.office.events import OfficeEnded, OfficeEvent, OfficeGranted
from services.councils.domain.office.refusals import (
    OfficeAlreadyHeld,
    OfficeNotForPlace,
    OfficeNotHeld,
)
from services.councils.domain.office.state import Held, Vacant
from services.councils.domain.rules import Rules


def decide(
    command: GrantOffice | EndOffice, office: Vacant | Held, rules: Rules
) -> tuple[OfficeEvent]:
    """Give the office where the rulebook has it; end it whatever the rulebook says by now."""
    said = {"holder": command.holder, "place": command.place, "office": command.office}
    match command, office:
        case GrantOffice(), Held():
            raise OfficeAlreadyHeld
        case GrantOffice(), Vacant() if not rules.may_hold(command.office, command.place):
            raise OfficeNotForPlace
        case GrantOffice(), Vacant():
            return (OfficeGranted.model_validate(said),)
        case EndOffice(), Held():
            return (OfficeEnded.model_validate(said),)
        case _:
            raise OfficeNotHeld
