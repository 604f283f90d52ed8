"""What the doors of audit may ask for, by name."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from services.audit.ledger.writing import Ledger
from services.audit.projections.reads_made import ReadsMade
from shared.access.asking_councils import AskingCouncils
from shared.access.caller import Caller, caller
from shared.serving.wired import Wired
from shared.transparency.note import NoteKey

SERVICE = "audit"


@dataclass(frozen=True)
class Wiring(Wired):
    """Everything that a door of this service needs, made once when it starts."""

    ledger: Ledger
    made: ReadsMade
    """Which readings there are, of all services."""
    key: NoteKey
    councils: AskingCouncils | None


def wired(request: Request) -> Wiring:
    """Give the wiring that the service was started with."""
    wiring: Wiring = request.app.state.wiring
    return wiring


Here = Annotated[Wiring, Depends(wired)]
Known = Annotated[Caller, Depends(caller)]
