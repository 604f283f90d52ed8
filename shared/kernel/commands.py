"""What every request for a change is."""

from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.kernel.ids import UnitId


class Command(BaseModel):
    """A unit asks for a change, at a moment that the door has read off its clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reads_content: ClassVar[bool] = False
    """Whether deciding needs earlier personal fields, opened for the asking authority."""
    even_when_full: ClassVar[bool] = False
    """Whether it is taken where nothing else fits: it ends sharing, keeps somebody out, is owed.

    Otherwise one party could fill what all of them must be able to close.
    """

    unit: UnitId
    at: AwareDatetime
