"""A column of a line that says when what waits on it waits no longer: what lists are ordered by."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator

from services.referrals.projections.party_line import Protection
from shared.kernel.clock import written
from shared.projections.projection import TEXT
from shared.rulebook.days import COPENHAGEN, LAST_MOMENT


class Soonest(TypeDecorator[Any]):
    """A column that holds, of what waits in a field of the line, the moment of what is first."""

    impl = TEXT
    cache_ok = True

    def __init__(self, moments: Callable[[Any], Iterable[datetime]]) -> None:
        super().__init__()
        self.moments = moments

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002 - the line's own fields; as SQLAlchemy calls it
        """Give the moment as text that sorts, None where nothing waits."""
        return min(map(written, self.moments(value)), default=None)


def lapse_of(protection: Protection) -> datetime:
    """Give the last moment of an address being protected, unless that is noted anew."""
    return datetime.combine(protection.lapses_on, LAST_MOMENT, COPENHAGEN).astimezone(UTC)
