"""What is told of a step on the way of a request: where it belongs, how long it took, how it ended.

Nobody listens unless export is configured. What a step may say is listed here, each with the form
that its value must have: no id of a case, no path with one, no unit, no programme, no words.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

Value: TypeAlias = str | int

_NAME = re.compile(r"[a-z]{1,20}(-[a-z]{1,20}){0,4}")
_PART = r"(?:[a-z][a-z0-9.-]{0,40}|\{[a-z_]{1,40}\})"
ALLOWED: Mapping[str, re.Pattern[str]] = {
    "http.request.method": re.compile(r"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|other"),
    "http.route": re.compile(rf"(?:/{_PART})+"),
    "http.response.status_code": re.compile(r"[1-5][0-9]{2}"),
    "kredslob.source": _NAME,
    "kredslob.consumer": _NAME,
    "kredslob.policy": _NAME,
    "kredslob.fact": re.compile(r"[a-z]{1,20}(-[a-z]{1,20}){0,3}\.[a-z-]{1,40}\.v[0-9]{1,3}"),
    "error.type": re.compile(r"[A-Z][A-Za-z]{1,60}"),
}
"""Every attribute a span may have, and the form of its value; whatever differs is left out."""


class Kind(Enum):
    """Answers a request; takes in a fact from the bus; does what a policy asks for."""

    SERVER = "server"
    CONSUMER = "consumer"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span belongs: ids in hexadecimal as W3C Trace Context has them, parent or nothing."""

    trace_id: str
    span_id: str
    parent: str


@dataclass(frozen=True, slots=True)
class Span:
    """One step that has ended. Times are nanoseconds since 1970 by the machine's own clock.

    A test may move the platform's clock by a week; what collects spans would not believe it.
    """

    place: Place
    kind: Kind
    begun: int
    ended: int
    said: Mapping[str, Value]
    failed: bool = False

    @property
    def attributes(self) -> dict[str, Value]:
        """What is told of it: what ``ALLOWED`` lets through."""
        return {name: value for name, value in self.said.items() if _is_allowed(name, value)}

    @property
    def name(self) -> str:
        """What it is called, made of nothing but its attributes."""
        told = self.attributes
        names = {
            Kind.SERVER: ("http.request.method", "http.route"),
            Kind.CONSUMER: ("kredslob.consumer", "kredslob.fact"),
            Kind.INTERNAL: ("kredslob.policy",),
        }
        return " ".join(str(told[each]) for each in names[self.kind] if each in told) or "step"


Listener: TypeAlias = Callable[[Span], None]


class Outlet:
    """Where spans leave this process, as the log does: one way out, or none."""

    def __init__(self) -> None:
        self._listener: Listener | None = None

    @property
    def wanted(self) -> bool:
        """Whether anybody listens: if not, nothing is worked out."""
        return self._listener is not None

    @contextmanager
    def to(self, listener: Listener) -> Iterator[None]:
        """Tell *listener* of every step while the block lasts."""
        before, self._listener = self._listener, listener
        try:
            yield
        finally:
            self._listener = before

    def tell(self, span: Span) -> None:
        """Pass *span* on, if anybody listens."""
        if self._listener is not None:
            self._listener(span)


SPANS = Outlet()


def _is_allowed(name: str, value: Value) -> bool:
    form = ALLOWED.get(name)
    return form is not None and form.fullmatch(str(value)) is not None
