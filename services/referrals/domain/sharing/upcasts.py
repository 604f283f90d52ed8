"""How older shapes of facts about sharing are read."""

from pydantic import JsonValue

LET_IN_BEFORE, LET_IN_NOW = "referral.party-let-in.v1", "referral.party-let-in.v2"


def seen_from_joining(fields: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Give a let-in as it is now: before, a party read the concern alone and was no counterpart."""
    return {**fields, "sees": "joining", "counterpart": False}
