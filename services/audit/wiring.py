"""What the doors of audit may ask for, by name."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from services.audit.ledger.writing import Ledger
from shared.access.caller import Caller, caller
from shared.access.directory import Directory
from shared.access.rulebooks import Rulebooks
from shared.kernel.clock import Clock
from shared.projections.views import Views
from shared.serving.ground import Ground
from shared.transparency.note import NoteKey

SERVICE = "audit"


@dataclass(frozen=True)
class Wiring:
    """Everything that a door of this service needs, made once when it starts."""

    ground: Ground
    ledger: Ledger
    key: NoteKey
    directory: Directory
    rulebooks: Rulebooks

    @property
    def clock(self) -> Clock:
        """The one clock."""
        return self.ground.clock

    @property
    def views(self) -> Views:
        """The read models."""
        return self.ground.views

    @property
    def actor_key(self) -> bytes:
        """The key under which persons become codes."""
        return self.ground.keys.actor


def wired(request: Request) -> Wiring:
    """Give the wiring that the service was started with."""
    wiring: Wiring = request.app.state.wiring
    return wiring


Here = Annotated[Wiring, Depends(wired)]
Known = Annotated[Caller, Depends(caller)]
