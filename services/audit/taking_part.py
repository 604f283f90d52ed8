"""As far as the ledger tells in clear: which units of one authority take part in a referral now.

Where a programme keeps it secret that a case exists, no unit stands in clear. There an authority
takes part from its own act until one of the facts that may end it, and again from its next act: it
is rather told too little than too much.
"""

import json
from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from services.audit.ledger.reading import Entry
from shared.kernel.ids import AuthorityId

SENT: Final = "referral.sent.v1"
LEFT, ENDED = "referral.party-left.v1", "referral.consent-withdrawn.v1"
TAKEN_OVER: Final = "referral.taken-over.v1"
"""After this nobody takes part but the unit that did it."""
NAMES_A_PARTY: Final = {
    SENT: ("addressee", "addressee_authority"),
    "referral.party-let-in.v1": ("party", "party_authority"),
    "referral.party-let-in.v2": ("party", "party_authority"),
}
"""The facts that bring in a party, and the fields that name it and its authority."""
UNNAMED: Final = ""


class TakingPart:
    """Follows one referral, first fact to last, for one authority."""

    def __init__(self, authority: AuthorityId) -> None:
        self.authority = authority
        self._units: set[str] = set()

    def takes(self, entry: Entry) -> tuple[bool, bool]:
        """Say whether the authority did this itself, and whether it took part when it was done.

        A fact that ends its taking part is the last that it took part in.
        """
        body: Mapping[str, JsonValue] = json.loads(entry.fact.data)
        metadata: Mapping[str, str] = json.loads(entry.fact.metadata)
        acted = metadata["authority"] == self.authority
        by = _unit(body.get("by"))
        if acted:
            self._units.add(by)
        named, authority = NAMES_A_PARTY.get(entry.fact.type, ("", ""))
        if named and body.get(authority) == self.authority and body.get("has_account", True):
            self._units.add(_unit(body.get(named)))
        told = acted, bool(self._units)
        self._end(entry.fact.type, by if acted else None, body.get("ends"))
        return told

    def _end(self, fact_type: str, by: str | None, ends: JsonValue) -> None:
        if fact_type == TAKEN_OVER:
            self._units &= {by} if by is not None else set()
        elif fact_type == LEFT and by is not None:
            self._units.discard(by)
        elif fact_type == ENDED:
            gone = {_unit(each) for each in ends} if isinstance(ends, list) else {UNNAMED} - {by}
            self._units -= gone


def _unit(value: JsonValue) -> str:
    """Give a unit that stands in clear; all that are sealed are one that is not named."""
    return value if isinstance(value, str) else UNNAMED
