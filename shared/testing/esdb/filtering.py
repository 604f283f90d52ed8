"""Which events of $all a reader asked for: a regular expression on stream names or event types."""

import re
from collections.abc import Callable

from esdbclient.protos.Grpc import streams_pb2 as wire

from shared.testing.esdb.record import Record

Wanted = Callable[[Record], bool]


class NoSuchFilter(ValueError):
    """The filter is none that the server can use."""


def wanted(options: wire.ReadReq.Options) -> Wanted:
    """Give what says of a record whether the reader wants it; raises ``NoSuchFilter``.

    The expression is searched for, not matched against the whole name, as the real server does:
    ``^a|b$`` finds everything that begins with a or ends with b.
    """
    if options.WhichOneof("filter_option") != "filter":
        return lambda _: True
    asked = options.filter
    on = asked.WhichOneof("filter")
    if not asked.checkpointIntervalMultiplier:
        raise NoSuchFilter("checkpointIntervalMultiplier must not be zero")
    expression = asked.stream_identifier if on == "stream_identifier" else asked.event_type
    try:
        pattern = re.compile(expression.regex)
    except re.error as wrong:
        raise NoSuchFilter(f"{expression.regex!r} is no regular expression") from wrong
    if on == "stream_identifier":
        return lambda record: pattern.search(record.stream) is not None
    return lambda record: pattern.search(record.type) is not None
