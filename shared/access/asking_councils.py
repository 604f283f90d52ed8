"""Which offices does somebody hold, where the bus is silent? Councils themselves are asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

import httpx2
import structlog

from shared.access.directory import Held
from shared.access.machine_token import MachineToken
from shared.kernel.ids import ActorId

_log = structlog.get_logger()


class _Told(NamedTuple):
    held: tuple[Held, ...]
    until: float


@dataclass
class AskingCouncils:
    """Asks councils at ``url`` while ``heard_ago`` is above ``silent_after`` seconds.

    An answer counts for ``kept_for`` seconds. Where none comes within ``patience`` seconds, nobody
    is asked again for as long: a service that hangs must not make every request wait for it.
    """

    http: httpx2.AsyncClient
    url: str
    token: MachineToken
    heard_ago: Callable[[], float]
    silent_after: float
    kept_for: float = 5.0
    patience: float = 1.0
    _told: dict[ActorId, _Told] = field(default_factory=dict, init=False, repr=False)
    _not_before: float = field(default=0.0, init=False)

    async def offices_of(self, actor: ActorId) -> tuple[Held, ...] | None:
        """Give what councils say that a person holds; None where one's own view is to be used.

        It is while the bus speaks, and where councils do not answer.
        """
        if self.heard_ago() <= self.silent_after:
            return None
        now = asyncio.get_running_loop().time()
        told = self._told.get(actor)
        if told and now < told.until:
            return told.held
        return None if now < self._not_before else await self._answer(actor)

    async def _answer(self, actor: ActorId) -> tuple[Held, ...] | None:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            async with asyncio.timeout(self.patience):
                held = await self._asked(actor)
        except (httpx2.HTTPError, OSError, ValueError, KeyError, TypeError) as problem:
            self._not_before = loop.time() + self.kept_for
            _log.warning("councils do not say who holds what", error=type(problem).__name__)
            return None
        still = {each: told for each, told in self._told.items() if asked_at < told.until}
        self._told = {**still, actor: _Told(held, asked_at + self.kept_for)}
        return held

    async def _asked(self, actor: ActorId) -> tuple[Held, ...]:
        answer = await self._get(actor)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self.token.refused()
            answer = await self._get(actor)
        items = answer.raise_for_status().json()["items"]
        return tuple(Held(each["place"], each["office"]) for each in items)

    async def _get(self, actor: ActorId) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {await self.token.current()}"}
        return await self.http.get(f"{self.url}/offices", params={"holder": actor}, headers=headers)
