"""Which offices does somebody hold, where the bus is silent? Councils themselves are asked.

And how old is what is known, where they are not asked or do not answer?
"""

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


class Told(NamedTuple):
    """What somebody holds, and how many seconds ago that was known to be so.

    The age is infinite where councils have not been heard since this service began.
    """

    held: tuple[Held, ...]
    age: float


class _Answer(NamedTuple):
    held: tuple[Held, ...]
    asked_at: float


@dataclass
class AskingCouncils:
    """Asks councils at ``url`` while ``heard_ago`` is above ``silent_after`` seconds.

    An answer counts for ``kept_for`` seconds. Where none comes within ``patience`` seconds, nobody
    is asked again for as long: a service that hangs must not make every request wait for it.
    Where ``url`` is None, nobody is asked at all.
    """

    http: httpx2.AsyncClient
    url: str | None
    token: MachineToken
    heard_ago: Callable[[], float]
    """How old one's own view is, in seconds."""
    silent_after: float
    kept_for: float = 5.0
    patience: float = 1.0
    _told: dict[ActorId, _Answer] = field(default_factory=dict, init=False, repr=False)
    _not_before: float = field(default=0.0, init=False)

    async def offices_of(self, actor: ActorId) -> Told | None:
        """Give what councils say that a person holds; None where one's own view is to be used.

        It is while the bus speaks, and where councils do not answer.
        """
        if self.url is None or self.heard_ago() <= self.silent_after:
            return None
        now = asyncio.get_running_loop().time()
        told = self._told.get(actor)
        if told and now < told.asked_at + self.kept_for:
            return Told(told.held, now - told.asked_at)
        return None if now < self._not_before else await self._answer(self.url, actor)

    async def _answer(self, url: str, actor: ActorId) -> Told | None:
        loop = asyncio.get_running_loop()
        asked_at = loop.time()
        try:
            async with asyncio.timeout(self.patience):
                held = await self._asked(url, actor)
        except (httpx2.HTTPError, OSError, ValueError, KeyError, TypeError) as problem:
            self._not_before = loop.time() + self.kept_for
            _log.warning("councils do not say who holds what", error=type(problem).__name__)
            return None
        oldest = asked_at - self.kept_for
        still = {each: told for each, told in self._told.items() if told.asked_at > oldest}
        self._told = {**still, actor: _Answer(held, asked_at)}
        return Told(held, loop.time() - asked_at)

    async def _asked(self, url: str, actor: ActorId) -> tuple[Held, ...]:
        answer = await self._get(url, actor)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self.token.refused()
            answer = await self._get(url, actor)
        items = answer.raise_for_status().json()["items"]
        return tuple(Held(each["place"], each["office"]) for each in items)

    async def _get(self, url: str, actor: ActorId) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {await self.token.current()}"}
        return await self.http.get(f"{url}/offices", params={"holder": actor}, headers=headers)
