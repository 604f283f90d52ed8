"""What the streams of this service are called: derived, so that one thing has one stream."""

from uuid import UUID

from shared.kernel.ids import ActorId, ForumId, derived

NAMESPACE = UUID("5d0c8f5a-8a6c-5b71-9a54-5c3f0d8e21b6")
"""Streams of councils; changing it would make every rulebook and office a new one."""


def rulebook_stream(district: str) -> str:
    """Give the stream of the rulebooks of a district, by its id."""
    return f"rulebook-{derived(NAMESPACE, 'rulebook', district)}"


def office_stream(holder: ActorId, place: str, office: str) -> str:
    """Give the stream of one office in one place as far as one person holds it."""
    return f"office-{derived(NAMESPACE, 'office', holder, place, office)}"


def item_id(referral: UUID, forum: ForumId) -> UUID:
    """Give the id of a referral's item on the docket of a forum."""
    return derived(referral, "docket", forum)


def item_stream(item: UUID) -> str:
    """Give the stream of an item of a docket."""
    return f"item-{item}"


def meeting_stream(meeting: UUID) -> str:
    """Give the stream of a meeting."""
    return f"meeting-{meeting}"
