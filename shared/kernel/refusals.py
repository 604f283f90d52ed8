"""Why not: refusals know what is not so, and nothing of HTTP.

The docstring of each is the sentence that people read, in English and, in brackets, in Danish.
"""

import re
from collections.abc import Mapping
from typing import Any

from shared.kernel.words import Words, spoken


class Refusal(Exception):
    """A request that is answered with no, and why. ``facts`` join the answer as they are."""

    def __init__(self, **facts: Any) -> None:  # noqa: ANN401 - whatever JSON holds
        super().__init__(self.slug())
        self.facts: Mapping[str, Any] = facts

    @classmethod
    def slug(cls) -> str:
        """Give the lasting name of this refusal, in kebab-case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def words(cls) -> Words:
        """Give the sentence that explains it, in both languages."""
        return spoken(cls)


class DoesNotExist(Refusal):
    """Nothing is here that you may see. (da: Her er intet, som du kan se.)"""


class NotAllowed(Refusal):
    """You may not do this. (da: Det har du ikke adgang til.)"""


class NotPossible(Refusal):
    """It cannot be done as things stand. (da: Det kan ikke lade sig gøre, som sagen står.)"""


class NotValid(Refusal):
    """What was asked is not complete or not lawful.

    (da: Anmodningen er ikke fyldestgørende eller ikke lovlig.)
    """


class OutOfDate(Refusal):
    """It has changed since you looked. (da: Det er ændret, siden du så det.)"""


class KeyReused(NotPossible):
    """This idempotency key was used for another request.

    (da: Nøglen er allerede brugt til en anden anmodning.)
    """
