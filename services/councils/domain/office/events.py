"""What can happen to an office: a person's right to act is our own fact, never the token's."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from shared.kernel.events import Event
from shared.kernel.ids import ActorId


class OfficeFact(Event):
    """Any fact about an office: whose it is, where, and which. (da: Hændelse om et hverv)

    ``place`` is the id of a unit or a forum; ``holder`` a code that tells nothing about who it is.
    """

    holder: ActorId
    place: str
    office: str


class OfficeGranted(OfficeFact):
    """A person holds the office from now on. (da: Hverv givet)"""

    type: Literal["office.granted.v1"] = "office.granted.v1"


class OfficeEnded(OfficeFact):
    """The person no longer holds the office. (da: Hverv ophørt)"""

    type: Literal["office.ended.v1"] = "office.ended.v1"


OfficeEvent: TypeAlias = Annotated[OfficeGranted | OfficeEnded, Field(discriminator="type")]
