"""Tokens as the login signs them, with whatever is wrong that a test wants wrong."""

from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from shared.platform.layout import LOGIN
from tests.doors.people import SSP, subject_of
from tests.journeys.world import World


def signed(
    world: World,
    *,
    claims: Mapping[str, Any] | None = None,
    key: ECKey | None = None,
    kind: str = "at+jwt",
) -> str:
    """Give a token of a case worker of Norddjurs with *claims* changed.

    Signed by the login's own key, or by another one that goes by the same name.
    """
    own = ECKey.import_key((world.platform.var / LOGIN / "signing-key.pem").read_bytes())
    own.ensure_kid()
    now = int(world.clock.now().timestamp())
    good = {
        "iss": world.platform.running.issuer,
        "sub": subject_of(SSP),
        "aud": "kredslob",
        "client_id": "kredslob-demo",
        "scope": "openid",
        "iat": now,
        "exp": now + 900,
    }
    header = {"alg": "ES256", "typ": kind, "kid": own.kid}
    return jwt.encode(header, {**good, **(claims or {})}, key or own)
