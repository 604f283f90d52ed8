"""What can be asked of a district's rulebook."""

from collections.abc import Mapping

from pydantic import JsonValue

from shared.kernel.commands import Command


class ActivateRulebook(Command):
    """Put this rulebook in force: ``district``, ``programmes``, ``purposes``, ``policies``."""

    content: Mapping[str, JsonValue]
