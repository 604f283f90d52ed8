"""Subscriptions of the test server: page by page until caught up, then live.

What is said when follows EventStoreDB 24.10: a checkpoint names the place where a page began or an
event that was sent, never one that is still to come; caught up carries no position.
"""

from collections.abc import AsyncIterator, Iterator

from esdbclient.protos.Grpc import streams_pb2 as wire

from shared.testing.esdb.answering import shown
from shared.testing.esdb.filtering import wanted
from shared.testing.esdb.log import Log
from shared.testing.esdb.reading import Options, place_in_all
from shared.testing.esdb.record import Record

PAGE = 32
CAUGHT_UP = wire.ReadResp(caught_up=wire.ReadResp.CaughtUp())


class FollowingAll:
    """One subscription to $all, after a position; with a filter it also says checkpoints."""

    def __init__(self, log: Log, options: Options) -> None:
        self._log = log
        self._filtered = options.WhichOneof("filter_option") == "filter"
        self._wanted = wanted(options)
        self._page = options.filter.max or PAGE
        self._interval = self._page * options.filter.checkpointIntervalMultiplier
        self._considered = 0
        self._checkpoint = 0
        self._sent = 0
        self._place = 0
        self._start(options.all)

    async def answers(self) -> AsyncIterator[wire.ReadResp | None]:
        """Give everything that the subscriber hears, none now and then; it does not end."""
        while self._place < self._log.synced:
            for answer in self._page_of_history():
                yield answer
        yield CAUGHT_UP
        self._considered = 0
        while True:
            while self._place < self._log.synced:
                for answer in self._live(self._log.records[self._place]):
                    yield answer
                self._place += 1
            await self._log.growth()
            yield None

    def _start(self, asked: wire.ReadReq.Options.AllOptions) -> None:
        match asked.WhichOneof("all_option"):
            case "end":
                self._place = self._log.synced
            case "position":
                self._sent = asked.position.commit_position
                self._place = self._log.synced
                if self._sent < self._log.head:
                    self._place = place_in_all(self._log, self._sent) + bool(self._sent)

    def _page_of_history(self) -> Iterator[wire.ReadResp]:
        begins = self._sent if not self._place else self._log.records[self._place - 1].position
        end = min(self._place + self._page, self._log.synced)
        for record in self._log.records[self._place : end]:
            if self._wanted(record):
                yield self._event(record)
        self._considered += end - self._place
        self._place = end
        if self._filtered and (end == self._log.synced or self._considered >= self._interval):
            self._considered %= self._interval
            yield from self._said(max(self._sent, begins))

    def _live(self, record: Record) -> Iterator[wire.ReadResp]:
        if self._wanted(record) and record.position > self._sent:
            yield self._event(record)
        self._considered += 1
        if self._filtered and self._considered >= self._interval:
            self._considered = 0
            yield from self._said(record.position)

    def _event(self, record: Record) -> wire.ReadResp:
        self._sent = record.position
        return shown(self._log.event(record))

    def _said(self, position: int) -> Iterator[wire.ReadResp]:
        if position > self._checkpoint:
            self._checkpoint = position
            at = wire.ReadResp.Checkpoint(commit_position=position, prepare_position=position)
            yield wire.ReadResp(checkpoint=at)


async def following_stream(log: Log, options: Options) -> AsyncIterator[wire.ReadResp | None]:
    """Give everything that a subscriber to one stream hears, none now and then; no end either."""
    asked = options.stream
    stream = asked.stream_identifier.stream_name.decode()
    match asked.WhichOneof("revision_option"):
        case "revision":
            after = asked.revision
        case "end":
            after = log.stream(stream).synced - 1
        case _:
            after = -1
    for record in log.stream(stream).readable:
        if record.revision > after:
            after = record.revision
            yield shown(log.event(record))
    yield CAUGHT_UP
    while True:
        for record in log.stream(stream).records[after + 1 : log.stream(stream).synced]:
            after = record.revision
            yield shown(log.event(record))
        await log.growth()
        yield None
