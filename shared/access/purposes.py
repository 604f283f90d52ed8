"""For what somebody looks: chosen once for each case that is opened, and never investigation."""

from shared.kernel.refusals import NotPossible, NotValid
from shared.rulebook.purposes import Purposes

PURPOSE = "Kredslob-Purpose"


class PurposeMissing(NotValid):
    """Say in Kredslob-Purpose what you open this case for.

    (da: Angiv i Kredslob-Purpose, hvad du åbner sagen for.)
    """


class PurposeNotYours(NotValid):
    """Your office does not look for that purpose.

    (da: Dit hverv giver ikke adgang til det formål.)
    """


class PurposeChosen(NotPossible):
    """You have opened this case for another purpose.

    (da: Du har åbnet sagen til et andet formål.)
    """


def purpose_of(purposes: Purposes, office: str, wished: str | None, before: str | None) -> str:
    """Give the purpose of opening one case: as chosen before, as wished now, or the only one.

    Raises ``PurposeMissing``, ``PurposeNotYours`` and ``PurposeChosen``, alike for every case.
    """
    yours = [each.id for each in purposes.choosable_by(office)]
    before = before if before in yours else None
    if wished is not None and wished not in yours:
        raise PurposeNotYours(purposes=yours)
    if before and wished not in {None, before}:
        raise PurposeChosen(chosen=before)
    chosen = before or wished or (yours[0] if len(yours) == 1 else None)
    if chosen is None:
        raise PurposeMissing(purposes=yours)
    return chosen


def standing_purpose(purposes: Purposes, office: str, wished: str | None) -> str:
    """Give the purpose of looking through a list: as wished, or what the office is there for first.

    Raises ``PurposeNotYours``.
    """
    yours = [each.id for each in purposes.choosable_by(office)]
    if not yours or (wished is not None and wished not in yours):
        raise PurposeNotYours(purposes=yours)
    return wished or yours[0]


def first_purpose(purposes: Purposes, office: str) -> str:
    """Give what an office is there for first, for what it does; empty for one without a purpose."""
    return next((each.id for each in purposes.choosable_by(office)), "")
