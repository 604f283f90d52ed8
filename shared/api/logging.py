"""What may be written to the log: JSON lines with the keys named here and nothing else.

A key that is not on the list is dropped and counted, so that nobody's name reaches a log by
accident. Messages of exceptions and of libraries are never written, for they quote values.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from shared.kernel.clock import Clock, written

ALLOWED = frozenset(
    {
        "event", "level", "time", "service", "dropped",
        "method", "route", "status", "duration_ms", "problem",
        "trace_id", "span_id", "correlation_id", "command_id",
        "source", "position", "behind", "count", "attempt", "generation",
        "projection", "consumer", "policy", "check", "process", "pid", "port", "signal",
        "logger", "error", "at",
    }
)  # fmt: skip
"""Every key a log line may have. None of them takes a name, a unit, a programme or free text."""
_LONGEST = 200
_FRAMES = 6
_ROOT = Path(__file__).parents[2]
_SPEAK_PLAINLY = ("shared", "services", "uvicorn.error")
"""Who logs constant sentences: our own code, by the linter's rule, and the server about itself."""


class AllowList:
    """Drops what is not on the list, and counts it in ``dropped``."""

    def __init__(self) -> None:
        self.dropped = 0

    def __call__(
        self, _logger: object, _level: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Give the line with allowed keys and plain, short values only."""
        kept = {key: value for key, value in line.items() if key in ALLOWED and _is_plain(value)}
        if missing := len(line) - len(kept):
            self.dropped += missing
            kept["dropped"] = missing
        return kept


class _FromLibraries(logging.Handler):
    """Takes what is logged through the standard module into the same lines, without arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        plain = record.name.startswith(_SPEAK_PLAINLY) and isinstance(record.msg, str)
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().log(
            record.levelno,
            record.msg.strip() if plain else "library",
            logger=record.name,
            at=f"{_short(record.pathname)}:{record.lineno}",
            **({"exc_info": error} if error else {}),
        )


def configure(service: str, clock: Clock, stream: TextIO = sys.stderr) -> AllowList:
    """Let everything that this process logs become lines of JSON on *stream*.

    Start uvicorn with ``log_config=None, access_log=False`` so that it keeps to this.
    """
    allowed = AllowList()

    def stamped(
        _logger: object, level: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        line.update(service=service, level=level, time=written(clock.now()))
        return line

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _where,
            stamped,
            allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(handlers=[_FromLibraries()], level=logging.WARNING, force=True)
    for name in _SPEAK_PLAINLY:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    return allowed


def _where(
    _logger: object, _level: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn an exception into its kind and the places it came through: never its words."""
    told = line.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        line["error"] = type(error).__qualname__
        line["at"] = " < ".join(f"{_short(f.filename)}:{f.lineno}" for f in reversed(frames))
    return line


def _short(path: str) -> str:
    below = Path(path)
    return str(below.relative_to(_ROOT) if below.is_relative_to(_ROOT) else below.name)


def _is_plain(value: object) -> bool:
    return value is None or (
        len(value) <= _LONGEST if isinstance(value, str) else isinstance(value, bool | int | float)
    )
