"""What can happen to a district's rulebook."""

from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue

from shared.kernel.events import Event


class RulebookActivated(Event):
    """A rulebook is in force from here on, with all of its content. (da: Regelbog sat i kraft)

    ``manifest`` is the hash over all of its parts.
    """

    type: Literal["rulebook.activated.v1"] = "rulebook.activated.v1"
    district: str
    manifest: str
    content: Mapping[str, JsonValue]
