"""Policies that look: what is undone can be seen, so they remember nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from shared.eventstore.port import StoreProblem
from shared.kernel.refusals import Refusal
from shared.messaging.patience import Backoff, Interrupted, unless
from shared.projections.runner import ViewsBehind
from shared.vault.problems import VaultProblem

_log = structlog.get_logger()


async def looking(
    policy: str, look: Callable[[asyncio.Event], Awaitable[None]], stopping: asyncio.Event
) -> None:
    """Let *policy* look again and again until *stopping* is set; what fails is tried again.

    *look* returns when there is something new to look at.
    """
    backoff = Backoff()
    with suppress(Interrupted):
        while not stopping.is_set():
            try:
                await look(stopping)
                backoff.reset()
            except (StoreProblem, VaultProblem, Refusal, ViewsBehind) as problem:
                _log.warning("left undone", policy=policy, error=type(problem).__name__)
                await unless(stopping, backoff.wait())
