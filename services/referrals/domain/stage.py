"""Where in the handover a referral is: the words that every part of it goes by."""

from enum import StrEnum


class Stage(StrEnum):
    """Where in the handover a referral is."""

    DRAFT = "draft"
    SENT = "sent"
    DELIVERED = "delivered"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    ENTERED_IN_ERROR = "entered_in_error"
