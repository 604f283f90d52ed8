"""One thread does the vault's work in turns; what waits together shares one commit to disk."""

import asyncio
import queue
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from threading import Thread
from typing import Any, Final, TypeVar

from shared.vault.problems import VaultDown

T = TypeVar("T")
_MOST_TOGETHER: Final = 256


@dataclass(frozen=True, slots=True)
class _Turn:
    work: Callable[[], Any]
    shares: bool
    answer: Future[Any] = field(default_factory=Future)


class Turns:
    """Runs work on a file that only its own thread touches."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._queue: queue.SimpleQueue[_Turn] = queue.SimpleQueue()
        self._closed = self._ended = False
        self._thread = Thread(target=self._run, name="vault", daemon=True)
        self._thread.start()

    async def take(self, work: Callable[[], T]) -> T:
        """Give what *work* gives, committed; where it raises, all that it did is undone."""
        return await self._put(work, shares=True)

    async def alone(self, work: Callable[[], T]) -> T:
        """Give what *work* gives; it runs outside any transaction, and nothing beside it."""
        return await self._put(work, shares=False)

    async def close(self, last: Callable[[], None]) -> None:
        """Do what was asked, then *last*, and stop. Closing again does nothing."""
        if not self._closed:
            ending = self._put(lambda: self._end(last), shares=False)
            self._closed = True
            await ending
            self._thread.join()

    def _put(self, work: Callable[[], T], *, shares: bool) -> asyncio.Future[T]:
        if self._closed:
            raise VaultDown("the vault was closed")
        turn = _Turn(work, shares)
        self._queue.put(turn)
        return asyncio.wrap_future(turn.answer)

    def _end(self, last: Callable[[], None]) -> None:
        self._ended = True
        last()

    def _run(self) -> None:
        while not self._ended:
            for shares, turns in groupby(self._waiting(), key=lambda turn: turn.shares):
                asked = [t for t in turns if t.answer.set_running_or_notify_cancel()]
                if shares:
                    self._together(asked)
                else:
                    for turn in asked:
                        self._by_itself(turn)

    def _waiting(self) -> list[_Turn]:
        turns = [self._queue.get()]
        while len(turns) < _MOST_TOGETHER:
            try:
                turns.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return turns

    def _together(self, turns: list[_Turn]) -> None:
        try:
            self._file.execute("BEGIN IMMEDIATE")
            answers = [self._outcome(turn) for turn in turns]
            self._file.execute("COMMIT")
        except sqlite3.Error as cause:
            self._undo()
            for turn in turns:
                turn.answer.set_exception(_down(cause))
            return
        for turn, answer in zip(turns, answers, strict=True):
            if isinstance(answer, _Raised):
                turn.answer.set_exception(answer.problem)
            else:
                turn.answer.set_result(answer)

    def _outcome(self, turn: _Turn) -> Any:  # noqa: ANN401 - whatever the work gives
        self._file.execute("SAVEPOINT turn")
        try:
            answer = turn.work()
        except sqlite3.Error:
            raise
        except Exception as problem:  # noqa: BLE001 - it belongs to the one who asked, not to the thread
            self._file.execute("ROLLBACK TO turn")
            answer = _Raised(problem)
        self._file.execute("RELEASE turn")
        return answer

    def _by_itself(self, turn: _Turn) -> None:
        try:
            turn.answer.set_result(turn.work())
        except sqlite3.Error as cause:
            self._undo()
            turn.answer.set_exception(_down(cause))
        except Exception as problem:  # noqa: BLE001 - as above
            self._undo()
            turn.answer.set_exception(problem)

    def _undo(self) -> None:
        # Where even this fails the file is gone: every later BEGIN says so to the one who asks.
        with suppress(sqlite3.Error):
            if self._file.in_transaction:
                self._file.execute("ROLLBACK")


@dataclass(frozen=True, slots=True)
class _Raised:
    problem: Exception


def _down(cause: sqlite3.Error) -> VaultDown:
    down = VaultDown(str(cause))
    down.__cause__ = cause
    return down
