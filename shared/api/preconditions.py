"""Nobody overwrites what they have not seen (RFC 9110 §13): ETag out, If-Match in.

The version of a thing is the dense count of the facts that *this party* may see, so it tells
nothing of what others did.
"""

import re
from dataclasses import dataclass

from starlette.requests import Request

from shared.api.edge import PreconditionMissing
from shared.kernel.refusals import OutOfDate

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"\s*(?:,\s*)*{_TAG}(?:\s*,\s*(?:{_TAG})?)*\s*")
_STRONG = re.compile(r'(?<!W/)"(?P<seen>\d{1,9})"')


def etag(seen: int) -> str:
    """Give the strong validator of a view in which *seen* facts are visible."""
    return f'"{seen}"'


@dataclass(frozen=True)
class Seen:
    """The counts of facts under which the caller wants its change to count; none means any."""

    counts: frozenset[int] | None

    def require(self, now: int) -> None:
        """Raise ``OutOfDate`` where the caller's view has *now* another count than it had seen."""
        if self.counts is not None and now not in self.counts:
            raise OutOfDate(etag=etag(now))


def seen(request: Request) -> Seen:
    """Give what the caller has seen, from If-Match.

    ``*`` counts for whatever is there; a weak validator counts for nothing (RFC 9110 §13.1.1).
    Raises ``PreconditionMissing`` where the header is missing or cannot be read.
    """
    header = ",".join(request.headers.getlist("if-match")).strip()
    if header == "*":
        return Seen(None)
    if not _TAGS.fullmatch(header):
        raise PreconditionMissing
    return Seen(frozenset(int(tag["seen"]) for tag in _STRONG.finditer(header)))
