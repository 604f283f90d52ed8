"""Reading what a service was told; whoever told it something impossible learns which setting."""

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from shared.kernel.starting import CannotStart
from shared.kernel.words import Words
from shared.serving.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


class WrongSettings(CannotStart):
    """A setting says what it cannot: mend it in the environment or among the secrets.

    (da: En indstilling har en umulig værdi: ret den i miljøet eller blandt hemmelighederne.)
    """


_WHOLE = Words(en="must be a whole number", da="skal være et helt tal")
_ONE_OF = Words(en="must be {expected}", da="skal være {expected}")
_WRONG: Final[Mapping[str, Words]] = {
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": Words(en="must be a number", da="skal være et tal"),
    "greater_than_equal": Words(en="must be at least {ge}", da="skal være mindst {ge}"),
    "less_than_equal": Words(en="must be at most {le}", da="må højst være {le}"),
}
"""By the type of a validation error, as Pydantic's manual lists them."""
_OTHERWISE: Final = Words(en="makes no sense", da="giver ingen mening")


def told(settings: type[S]) -> S:
    """Give the settings as the environment and the folder of secrets say them.

    Raises ``WrongSettings``, which repeats no value: it may be a secret in the wrong place.
    """
    try:
        return settings()
    except ValidationError as wrong:
        raise WrongSettings("; ".join(map(_said, wrong.errors()))) from None


def _said(error: ErrorDetails) -> str:
    name = "_".join(map(str, error["loc"])).upper()
    words, limits = _WRONG.get(error["type"], _OTHERWISE), error.get("ctx", {})
    danish = words.da.format_map(limits).replace(" or ", " eller ")
    return f"KREDSLOB_{name}: {danish} ({words.en.format_map(limits)})"
