"""Why an office is neither given nor ended."""

from shared.kernel.refusals import NotAllowed, NotPossible, NotValid


class OwnOffice(NotAllowed):
    """Nobody gives themselves an office; somebody else has to.

    (da: Ingen giver sig selv et hverv; det må en anden gøre.)
    """


class OfficeNotForPlace(NotValid):
    """The rulebook has no such office in that unit or forum.

    (da: Regelbogen har ikke det hverv i den enhed eller det forum.)
    """


class OfficeAlreadyHeld(NotPossible):
    """The person holds this office already. (da: Personen har allerede det hverv.)"""


class OfficeNotHeld(NotPossible):
    """The person does not hold this office. (da: Personen har ikke det hverv.)"""
