"""Which records a reader of the test server gets: of a stream or of $all, from where, how many."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from esdbclient.protos.Grpc import streams_pb2 as wire

from shared.testing.esdb.filtering import wanted
from shared.testing.esdb.log import Log
from shared.testing.esdb.record import Record
from shared.testing.esdb.stream import LAST_REVISION

Options = wire.ReadReq.Options


NOWHERE = "Trying to read from an invalid position."


class NoSuchPosition(ValueError):
    """No record begins at the position that the reader named."""


def once(log: Log, options: Options) -> Iterator[Record]:
    """Give what a read that ends asks for; it may be nothing.

    Raises:
        NoSuchPosition: no record begins at the position that was named.
        NoSuchFilter: the filter cannot be used.
    """
    if options.WhichOneof("stream_option") == "stream":
        found = _of_stream(log, options)
    else:
        found = filter(wanted(options), _of_all(log, options))
    return islice(found, min(options.count, log.synced))


def place_in_all(log: Log, position: int) -> int:
    """Give how many records lie before *position*; behind the end that is all of them.

    Raises:
        NoSuchPosition: it lies inside a record.
    """
    place = bisect_left(log.records, position, hi=log.synced, key=lambda record: record.position)
    begins = place < log.synced and log.records[place].position == position
    if 0 < position < log.synced_end and not begins:
        raise NoSuchPosition(NOWHERE)
    return place


def _of_stream(log: Log, options: Options) -> Iterator[Record]:
    asked = options.stream
    records = log.stream(asked.stream_identifier.stream_name.decode()).readable
    named = asked.WhichOneof("revision_option")
    if options.read_direction == Options.Forwards:
        first = asked.revision if named == "revision" else 0
        return (record for record in records if record.revision >= first)
    last = asked.revision if named == "revision" else LAST_REVISION
    return (record for record in reversed(records) if record.revision <= last)


def _of_all(log: Log, options: Options) -> Iterator[Record]:
    named = options.all.WhichOneof("all_option")
    if options.read_direction == Options.Forwards:
        at = options.all.position.commit_position if named == "position" else 0
        start = place_in_all(log, at) if named != "end" else log.synced
        return (log.records[place] for place in range(start, log.synced))
    stop = log.synced
    if named == "position":
        stop = place_in_all(log, options.all.position.commit_position)
    return (log.records[place] for place in range(stop - 1, -1, -1))
