"""Where followed facts end up."""

from collections.abc import Sequence
from typing import Protocol

from shared.eventstore.port import Stored


class Sink(Protocol):
    """Something that is changed by facts and remembers how far in each source it has come.

    Position and change are written in one transaction, or a crash between them would double or
    lose an effect. A fact that a sink cannot digest is its own matter (it parks it); whatever it
    raises means that the ground below it gave way, and the same facts are brought again.
    """

    async def position(self, source: str) -> int:
        """Give the position of the last fact of *source* applied, ``START`` where there is none."""
        ...

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Write what *facts* change, and the last one's position, in one transaction.

        They are in order, without holes, the first one next after ``position(source)``. The
        position is moved by compare-and-set: where it stands elsewhere than it did when this
        sink last looked, somebody else writes too, and this raises.
        """
        ...
