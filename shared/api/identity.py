"""Who asks: access tokens after RFC 9068, verified against the issuer's published keys.

A token says who, and nothing else about rights: offices are our own facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import JWSRegistry
from starlette.requests import Request

from shared.api.edge import ForeignToken, NotSignedIn, TokenExpired, TokenNotYetValid
from shared.api.sealing import mac
from shared.api.signing_keys import SigningKeys
from shared.kernel.clock import Clock
from shared.kernel.ids import ActorId

ALGORITHMS = frozenset({"ES256", "EdDSA", "Ed25519"})
TYPES = frozenset({"at+jwt", "application/at+jwt"})
BELIEVED_FOR = timedelta(seconds=60)
LEEWAY = timedelta(seconds=5)
"""How far the issuer's clock may be ahead of ours."""
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, through which client, and until when we may believe it."""

    issuer: str
    subject: str
    client_id: str
    scopes: frozenset[str]
    expires_at: datetime


def actor_id(key: bytes, issuer: str, subject: str) -> ActorId:
    """Give the name under which a person's acts are recorded: always the same, telling nothing."""
    return ActorId(mac(key, issuer, subject))


def machine_id(key: bytes, policy: str) -> ActorId:
    """Give the name under which is recorded what a policy does by itself: nobody's."""
    return ActorId(mac(key, "machine", policy))


class Verifier:
    """Believes one issuer's tokens for one audience; a verified token is remembered by its hash."""

    def __init__(self, keys: SigningKeys, audience: str, clock: Clock) -> None:
        self._keys, self._audience, self._clock = keys, audience, clock
        self._believed: dict[bytes, tuple[Identity, datetime]] = {}

    async def identify(self, token: str) -> Identity:
        """Give who *token* speaks for.

        Raises ``ForeignToken``, ``TokenExpired``, ``TokenNotYetValid`` or ``LoginDown``.
        """
        now, name = self._clock.now(), sha256(token.encode()).digest()
        identity, since = self._believed.get(name, (None, now))
        if identity is None or not timedelta() <= now - since < BELIEVED_FOR:
            identity = await self._verify(token)
            self._remember(name, identity, now)
        if identity.expires_at <= now:
            raise TokenExpired
        return identity

    async def _verify(self, token: str) -> Identity:
        try:
            header = jws.extract_compact(token.encode("ascii")).headers()
            kid = header["kid"]
            if str(header["typ"]).lower() not in TYPES or header["alg"] not in ALGORITHMS:
                raise ForeignToken
            key = await self._keys.key(str(kid))
            claims = jwt.decode(token, key, registry=_Algorithms()).claims
            return self._identity(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ForeignToken from error

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        audience = claims["aud"]
        if claims["iss"] != self._keys.issuer or self._audience not in (
            [audience] if isinstance(audience, str) else list(audience)
        ):
            raise ForeignToken
        named = [claims["sub"], claims["client_id"], claims.get("scope", "")]
        if not all(isinstance(each, str) for each in named) or not all(named[:2]):
            raise ForeignToken
        begins = max(_moment(claims["iat"]), _moment(claims.get("nbf", claims["iat"])))
        if begins > self._clock.now() + LEEWAY:
            raise TokenNotYetValid
        subject, client, scope = named
        return Identity(
            self._keys.issuer, subject, client, frozenset(scope.split()), _moment(claims["exp"])
        )

    def _remember(self, name: bytes, identity: Identity, now: datetime) -> None:
        if len(self._believed) >= MOST_REMEMBERED:
            self._believed.pop(next(iter(self._believed)))
        self._believed[name] = identity, now


_BEARER = HTTPBearer(
    auto_error=False, bearerFormat="JWT", scheme_name="signed-in", description="RFC 9068"
)


async def signed_in(
    request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
) -> Identity:
    """Give who sent a request; a dependency for doors of an app with ``app.state.verifier``.

    Raises ``NotSignedIn``, and what :meth:`Verifier.identify` raises.
    """
    if shown is None or not shown.credentials:
        raise NotSignedIn
    verifier: Verifier = request.app.state.verifier
    return await verifier.identify(shown.credentials)


class _Algorithms(JWSRegistry):
    """Takes our algorithms only; joserfc would warn at each EdDSA, which RFC 9864 renamed."""

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


def _moment(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ForeignToken
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ForeignToken from error
