"""What every request for a change is."""

from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.kernel.ids import UnitId


class Command(BaseModel):
    """A unit asks for a change, at a moment that the door has read off its clock."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reads_content: ClassVar[bool] = False
    """Whether deciding needs earlier personal fields, opened for the asking authority."""

    unit: UnitId
    at: AwareDatetime
