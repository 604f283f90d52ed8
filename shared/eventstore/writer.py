"""The one thread that writes: it takes all that waits, and makes it durable by one commit."""

from asyncio import Future
from collections import deque
from collections.abc import Sequence
from threading import Condition, Thread
from typing import TypeAlias

from shared.eventstore.port import OutcomeUnknown, StoreBusy, Stored, StoreDown, StoreProblem
from shared.eventstore.sqlite_table import Append, SqliteTable
from shared.eventstore.waking import Bell, answer

MOST_AT_ONCE = 256
"""Appends in one commit at most: what one of them may wait for the others."""

Answer: TypeAlias = tuple[Stored, ...] | StoreProblem
Asked: TypeAlias = tuple[Append, Future[tuple[Stored, ...]]]


class Writer:
    """A queue of appends and the thread that works it off. It owns the table and closes it."""

    def __init__(self, table: SqliteTable, bell: Bell, queue: int) -> None:
        """Start the thread. At most *queue* appends wait; the next is ``StoreBusy``."""
        self._table, self._bell, self._bound = table, bell, queue
        self._waiting: deque[Asked] = deque()
        self._changed = Condition()
        self._over: str | None = None
        # A daemon: a process that forgets to close its store ends all the same.
        self._thread = Thread(target=self._run, name="event store writer", daemon=True)
        self._thread.start()

    def ask(self, append: Append, future: Future[tuple[Stored, ...]]) -> None:
        """Put *append* in the queue; *future* gets the answer. ``StoreBusy``, ``StoreDown``."""
        with self._changed:
            if self._over is not None:
                raise StoreDown(self._over)
            if len(self._waiting) >= self._bound:
                raise StoreBusy(f"{self._bound} appends are waiting")
            self._waiting.append((append, future))
            self._changed.notify()

    def finish(self) -> None:
        """Take nothing more, work off what waits, and return when the file is closed."""
        with self._changed:
            self._over = self._over or "the store is closed"
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        batch: Sequence[Asked] = ()
        try:
            while batch := self._taken():
                answers = self._answers([append for append, _ in batch])
                self._bell.ring(_last(answers))
                answer(zip((future for _, future in batch), answers, strict=True))
        except BaseException as why:  # noqa: BLE001 - nobody may be left waiting, whatever it was
            self._died(batch, why)
        finally:
            self._bell.end()
            self._table.close()

    def _taken(self) -> Sequence[Asked]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._over is not None)
            count = min(len(self._waiting), MOST_AT_ONCE)
            return [self._waiting.popleft() for _ in range(count)]

    def _answers(self, appends: Sequence[Append]) -> Sequence[Answer]:
        try:
            return self._table.add(appends)
        except StoreProblem as problem:
            if isinstance(problem, StoreDown) or len(appends) == 1:
                return [problem] * len(appends)
            return [self._alone(append) for append in appends]  # one may be to blame for all

    def _alone(self, append: Append) -> Answer:
        try:
            return self._table.add([append])[0]
        except StoreProblem as problem:
            return problem

    def _died(self, batch: Sequence[Asked], why: BaseException) -> None:
        with self._changed:
            self._over = f"the writer has stopped: {why!r}"
            untouched, self._waiting = self._waiting, deque()
        answer((future, OutcomeUnknown(self._over)) for _, future in batch)
        answer((future, StoreDown(self._over)) for _, future in untouched)


def _last(answers: Sequence[Answer]) -> int:
    return max(
        (facts[-1].position for facts in answers if isinstance(facts, tuple) and facts), default=0
    )
