"""This process logs as our services do, for a while, and afterwards as it did before."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from shared.api.logging import AllowList, configure
from shared.kernel.clock import Clock, SystemClock


@contextmanager
def logged(service: str, clock: Clock | None = None) -> Iterator[tuple[io.StringIO, AllowList]]:
    """Give what *service* writes while this lasts, and what counts the keys that it left out."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    written = io.StringIO()
    # Who left warnings captured would leave those of this test with their own.
    logging.captureWarnings(capture=False)
    try:
        yield written, configure(service, clock or SystemClock(), written)
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.configure(**before)
