"""The public keys of the party that signs people in, fetched from it and kept."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from shared.api.edge import ForeignToken, LoginDown
from shared.kernel.clock import Clock

KEPT_FOR = timedelta(minutes=10)
"""After this a key that the issuer has withdrawn is no longer believed, if the issuer answers."""
PAUSE = timedelta(seconds=10)
"""Between two questions to the issuer, however many unknown keys are named."""
RETRIED_AFTER = timedelta(seconds=1)
"""The same, while the issuer has not answered."""
PATIENCE_SECONDS = 2.0
_log = structlog.get_logger()


class SigningKeys:
    """The keys of one issuer, by their id; with the issuer away, the keys known go on counting."""

    def __init__(self, issuer: str, http: httpx2.AsyncClient, clock: Clock) -> None:
        self.issuer = issuer
        self._http, self._clock = http, clock
        self._keys: Mapping[str, ECKey | OKPKey] = {}
        self._fetched = self._asked = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._answered = False
        self._asking = asyncio.Lock()

    async def key(self, kid: str) -> ECKey | OKPKey:
        """Give the key named *kid*.

        Raises ``ForeignToken`` where the issuer has no such key, ``LoginDown`` where that cannot
        be known because the issuer does not answer.
        """
        known = kid in self._keys
        if not known or (self._is_past(self._fetched, KEPT_FOR) and not self._asking.locked()):
            await self._ask()
        if kid in self._keys:
            return self._keys[kid]
        raise ForeignToken if self._answered else LoginDown

    async def _ask(self) -> None:
        async with self._asking:
            if not self._is_past(self._asked, PAUSE if self._answered else RETRIED_AFTER):
                return
            self._asked = self._clock.now()
            try:
                self._keys = dict(_usable(await self._published()))
                self._fetched, self._answered = self._asked, True
            except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError):
                self._answered = False
                _log.warning("issuer does not answer", exc_info=True)

    async def _published(self) -> list[Mapping[str, Any]]:
        where = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        described = await self._json(where)
        if described["issuer"] != self.issuer:
            raise ValueError("the issuer calls itself something else")
        keys: list[Mapping[str, Any]] = (await self._json(described["jwks_uri"]))["keys"]
        return keys

    async def _json(self, url: str) -> Mapping[str, Any]:
        response = await self._http.get(url, timeout=PATIENCE_SECONDS)
        read: Mapping[str, Any] = response.raise_for_status().json()
        return read

    def _is_past(self, since: datetime, span: timedelta) -> bool:
        # A clock that was moved back must not keep us from asking.
        return not timedelta() <= self._clock.now() - since < span


def _usable(published: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, ECKey | OKPKey]]:
    """Give the signing keys on the two curves we verify with; other keys are not our business."""
    for each in published:
        if not isinstance(each.get("kid"), str) or each.get("use", "sig") != "sig":
            continue
        public = {name: each[name] for name in ("kty", "crv", "x", "y", "kid") if name in each}
        try:
            if (each.get("kty"), each.get("crv")) == ("EC", "P-256"):
                yield each["kid"], ECKey.import_key(public)
            elif (each.get("kty"), each.get("crv")) == ("OKP", "Ed25519"):
                yield each["kid"], OKPKey.import_key(public)
        except (JoseError, ValueError):
            _log.warning("issuer publishes a faulty key", exc_info=True)
