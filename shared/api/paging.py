"""Long lists in pages: each page ends with an opaque cursor that says where the next begins."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from shared.api.edge import CursorNotValid
from shared.api.labels import Administrative, ByPart
from shared.api.sealing import NotSealedHere, Scalar, Sealer
from shared.kernel.ids import UnitId

T = TypeVar("T")

DEFAULT_SIZE, MAX_SIZE = 50, 200


class Page(BaseModel, Generic[T]):
    """Some items of a list, and the cursor of the next page where there is one."""

    model_config = ConfigDict(frozen=True)

    items: ByPart[list[T]]
    next: Administrative[str | None] = Field(
        description="Send it as `after` to read on; absent on the last page."
    )


class Cursors:
    """Seals the sort key of the last row shown; it opens at the same door for the same unit only.

    *door* names the list together with its order and filters: a cursor of another list is refused.
    """

    def __init__(self, key: bytes) -> None:
        self._sealer = Sealer(key, "kredslob:cursor")

    def seal(self, last: Sequence[Scalar], *, door: str, unit: UnitId) -> str:
        """Give the cursor that continues after the row with the sort key *last*."""
        return self._sealer.seal(last, door, unit)

    def open(self, cursor: str, *, door: str, unit: UnitId) -> tuple[Scalar, ...]:
        """Give the sort key to continue after. Raises ``CursorNotValid``."""
        try:
            return self._sealer.open(cursor, door, unit)
        except NotSealedHere as error:
            raise CursorNotValid from error
