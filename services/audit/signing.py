"""Signing a head whenever one is due: a small piece of work, once a second."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog

from services.audit.ledger.heads import HeadPublisher
from shared.eventstore.port import StoreProblem
from shared.messaging.patience import Interrupted, unless

PAUSE = 1.0
_log = structlog.get_logger()


@dataclass(frozen=True)
class Signing:
    """Looks every second whether a head is due."""

    publisher: HeadPublisher

    async def run(self, stopping: asyncio.Event) -> None:
        """Sign until *stopping* is set. A ledger that was rewritten ends the service."""
        with suppress(Interrupted):
            while not stopping.is_set():
                try:
                    await self.publisher.sign_if_due()
                except StoreProblem as problem:
                    _log.warning("head not published", error=type(problem).__name__)
                await unless(stopping, asyncio.sleep(PAUSE))
