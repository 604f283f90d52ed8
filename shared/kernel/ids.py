"""The names that things go by: readable for the rulebook's, random or derived for the rest."""

from typing import NewType
from uuid import UUID, uuid5

AuthorityId = NewType("AuthorityId", str)
UnitId = NewType("UnitId", str)
ForumId = NewType("ForumId", str)
ProgrammeId = NewType("ProgrammeId", str)
RouteId = NewType("RouteId", str)
BasisId = NewType("BasisId", str)
ActorId = NewType("ActorId", str)
"""HMAC of issuer and subject of a token, in hexadecimal: the same person, never who."""
SubjectId = NewType("SubjectId", str)
"""One person in the files of one authority; only the vault knows which ids are the same person."""


def derived(cause: UUID, *step: str) -> UUID:
    """Give the one id that follows from a cause (RFC 9562, version 5)."""
    return uuid5(cause, "/".join(step))
