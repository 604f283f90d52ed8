"""Read your own writes: a change answers with a position, a read may ask to wait for it.

The position is sealed: how much the store holds is nobody's business. The key is the platform's,
so that one service can wait for what was written in another.
"""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from shared.api.edge import PositionNotValid
from shared.api.sealing import NotSealedHere, Sealer

ANSWERED_IN = "Kredslob-Position"
ASKED_IN = "Kredslob-Wait-For"


class Reached(NamedTuple):
    """How far the store of a service had come."""

    service: str
    position: int


class PositionTokens:
    """Seals and opens positions for the two headers."""

    def __init__(self, key: bytes) -> None:
        self._sealer = Sealer(key, "kredslob:position")

    def seal(self, reached: Reached) -> str:
        """Give *reached* as an opaque text."""
        return self._sealer.seal(reached)

    def open(self, token: str) -> Reached:
        """Give what was sealed. Raises ``PositionNotValid``."""
        try:
            match self._sealer.open(token):
                case (str(service), int(position)):
                    return Reached(service, position)
        except NotSealedHere as error:
            raise PositionNotValid from error
        raise PositionNotValid

    def tell(self, response: Response, reached: Reached) -> None:
        """Put *reached* into the answer to a change."""
        response.headers[ANSWERED_IN] = self.seal(reached)

    def awaited(self, request: Request) -> Reached | None:
        """Give what a read asks to wait for, if anything. Raises ``PositionNotValid``."""
        token = request.headers.get(ASKED_IN)
        return None if token is None else self.open(token)
