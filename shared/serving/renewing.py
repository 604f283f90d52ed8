"""Whenever there are newer rules than what is read was made under, it is made anew.

A rebuild takes long and works hard, so it is a process of its own beside the doors: the same that
an operator starts by hand. The generation that it switches to is found at the next batch.
"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Self

import structlog
from pydantic import SecretStr

from shared.api.health import Finding, State
from shared.eventstore.port import StoreProblem
from shared.messaging.patience import Backoff, Interrupted, unless
from shared.platform.tied import PARENT
from shared.projections.runner import GROUND
from shared.projections.views import Views
from shared.serving.settings import ServiceSettings

LOOK_EVERY: Final = 60.0
"""Seconds between two looks where nothing is heard: an operator may have switched by hand."""
TO_END: Final = 5.0
"""Seconds that a rebuild may take to end when it is told to, below what a task is given."""
_log = structlog.get_logger()


@dataclass
class Renewing:
    """Runs *command*, which rebuilds *views*, as long as their rows are made under older rules.

    One rebuild at a time; what one that was ended has done the next goes on with. Where a rebuild
    fails, it is tried again after a second, and after longer each time, up to ten minutes; news of
    other rules are not kept waiting by that. Why it failed is told to whoever runs it by hand.
    """

    views: Views
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """What the process is told beside what this one was."""
    backoff: Backoff = field(default_factory=lambda: Backoff(600.0, first=1.0))
    attempts: int = 0
    """Rebuilds begun since the rows were last made under the newest rules."""

    @classmethod
    def of(cls, views: Views, service: str, settings: ServiceSettings) -> Self:
        """Give what renews the views of *service* by its own command line, on the same ground."""
        return cls(views, rebuild_of(f"services.{service}"), as_told(settings))

    async def run(self, stopping: asyncio.Event) -> None:
        """Renew until *stopping* is set, ending what runs then. Raises ``OtherShape``."""
        with suppress(Interrupted):
            while not stopping.is_set():
                self.views.ruling_heard.clear()  # before looking: nothing may come between
                if await self._stale():
                    await self._rebuild(stopping)
                    await unless(stopping, self._news(self.backoff.wait()))
                else:
                    self.attempts = 0
                    self.backoff.reset()
                    await unless(stopping, self._news(asyncio.sleep(LOOK_EVERY)))

    async def _stale(self) -> bool:
        try:
            return await self.views.stale()
        except GROUND:
            return False  # it is asked again, and /readyz says what is wrong

    async def _news(self, otherwise: Coroutine[Any, Any, None]) -> None:
        with suppress(Interrupted):
            await unless(self.views.ruling_heard, otherwise)

    async def _rebuild(self, stopping: asyncio.Event) -> None:
        self.attempts += 1
        try:
            status = await self._run(stopping)
        except OSError as problem:
            _log.warning("not made anew", error=type(problem).__name__, attempt=self.attempts)
            return
        if status == 0:
            _log.info("made anew under newer rules", attempt=self.attempts)
        else:
            _log.warning("not made anew", status=status, attempt=self.attempts)

    async def _run(self, stopping: asyncio.Event) -> int:
        told = {**os.environ, **self.environment, PARENT: str(os.getpid())}
        process = await asyncio.create_subprocess_exec(
            *self.command, env=told, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            return await unless(stopping, process.wait())
        finally:
            await _ended(process)


def rebuild_of(module: str) -> Sequence[str]:
    """Give the command by which *module* rebuilds, in a process that ends with this one."""
    python = sys.executable
    return (python, "-m", "shared.platform.tied", python, "-m", module, "rebuild")


def as_told(settings: ServiceSettings) -> Mapping[str, str]:
    """Give *settings* as the environment of a process that is to stand on the same ground."""
    said = {name: getattr(settings, name) for name in type(settings).model_fields}
    return {
        f"KREDSLOB_{name.upper()}": _plainly(value)
        for name, value in said.items()
        if value is not None
    }


def _plainly(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(getattr(value, "value", value))


async def _ended(process: Process) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(TO_END):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def renewed(views: Views) -> Finding:
    """Say whether rows were made under older rules: they are shown on, and policies are the newest.

    Never down: a door that shows what it showed a minute ago is better than none.
    """
    try:
        stale = await views.stale()
    except StoreProblem as problem:
        return Finding(State.DEGRADED, type(problem).__name__)
    return Finding(State.DEGRADED, "views made under older rules") if stale else Finding(State.OK)
