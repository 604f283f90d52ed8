"""A service's own sign-in: the token with which it asks another service, for itself alone."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2


@dataclass
class MachineToken:
    """The access token of one program, by client credentials (RFC 6749 §4.4) at the issuer.

    ``secret`` reads what the program shows there. A token is used until somebody
    refuses it: only who is asked can tell whether it still counts.
    """

    http: httpx2.AsyncClient
    issuer: str
    client: str
    secret: Callable[[], str]
    _given: str | None = field(default=None, init=False, repr=False)

    async def current(self) -> str:
        """Give the token.

        Raises ``OSError``, ``httpx2.HTTPError``, ``ValueError``, ``KeyError`` and ``TypeError``.
        """
        if self._given is None:
            self._given = await self._asked()
        return self._given

    def refused(self) -> None:
        """Ask for another token next time."""
        self._given = None

    async def _asked(self) -> str:
        secret = await asyncio.to_thread(self.secret)
        where = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        described = (await self.http.get(where)).raise_for_status().json()
        answer = await self.http.post(
            described["token_endpoint"],
            data={"grant_type": "client_credentials"},
            auth=(self.client, secret),
        )
        return str(answer.raise_for_status().json()["access_token"])
