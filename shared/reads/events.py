"""What is stored of a reading: that there was one, and everything about it under one seal."""

from typing import Literal, TypeVar

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from shared.kernel.events import Event
from shared.kernel.personal import Hidden, Sealed, StillClosed
from shared.reads.reading import Reading

T = TypeVar("T")


class AlwaysHidden(Hidden[T]):
    """A value that is never written in clear, whatever a programme says of its cases."""

    @classmethod
    def _described(
        cls, sealed: JsonSchemaValue, _inner: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return sealed

    def _written(self) -> dict[str, str]:
        if isinstance(self.content, Sealed):
            return {"hidden": self.content.token}
        raise StillClosed("a reading is never written in clear")


class ReadMade(Event):
    """Somebody was shown something, or asked for what they may not see. (da: Læsning noteret)

    Each stands in a stream of its own. The key is the platform's: the audit opens it, the bus and
    the ledger cannot.
    """

    type: Literal["read.made.v1"] = "read.made.v1"
    reading: AlwaysHidden[Reading]
