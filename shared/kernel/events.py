"""What every fact is: immutable, closed to unknown fields, known by its storage name."""

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """A fact. Its ``type`` is the storage format: add new ones, never rename old ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
