"""Whose word is believed: one issuer's, for this service, under a key it publishes, in time."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from hmac import digest
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from shared.api.edge import ForeignToken, LoginDown, TokenExpired, TokenNotYetValid
from shared.api.identity import BELIEVED_FOR, Verifier, actor_id
from shared.api.signing_keys import KEPT_FOR, PAUSE, SigningKeys
from shared.kernel.clock import StandingClock
from shared.kernel.refusals import Refusal
from tests.api.issuing import AUDIENCE, NOON, Issuer
from tests.api.sample import asking, service


@pytest.fixture
def verifier(issuer: Issuer, http: httpx2.AsyncClient, clock: StandingClock) -> Verifier:
    """Give a verifier that trusts the issuer."""
    return Verifier(SigningKeys(issuer.address, http, clock), AUDIENCE, clock)


async def test_a_good_token_says_who(issuer: Issuer, verifier: Verifier) -> None:
    """A token of the issuer for this service says who asks, through what, and until when."""
    identity = await verifier.identify(issuer.token(scope="openid directory"))
    assert (identity.issuer, identity.subject) == (issuer.address, "9dbdd26ffccd")
    assert identity.client_id == "kredslob-demo"
    assert identity.scopes == {"openid", "directory"}
    assert identity.expires_at == issuer.clock.now() + timedelta(minutes=15)


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated:joserfc.errors.SecurityWarning")
async def test_an_edwards_key_will_do(alg: str, issuer: Issuer, verifier: Verifier) -> None:
    """Ed25519 counts under its old name and under the one of RFC 9864."""
    issuer.key = OKPKey.generate_key("Ed25519", {"kid": "edwards"})
    issuer.published = [issuer.key]
    assert (await verifier.identify(issuer.token({"alg": alg}))).subject


async def test_one_audience_among_several_will_do(issuer: Issuer, verifier: Verifier) -> None:
    """A token may be meant for more services than ours."""
    assert (await verifier.identify(issuer.token(aud=["another", AUDIENCE]))).subject


def _coded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def _unsigned(issuer: Issuer, alg: str = "none") -> str:
    header = {"alg": alg, "typ": "at+jwt", "kid": "first"}
    return ".".join(_coded(json.dumps(part).encode()) for part in (header, issuer.claims())) + "."


def _signed_with_the_public_key(issuer: Issuer) -> str:
    text = _unsigned(issuer, "HS256").rstrip(".")
    return f"{text}.{_coded(digest(issuer.key.as_pem(private=False), text.encode(), sha256))}"


def _signed_by_a_stranger(issuer: Issuer) -> str:
    return jwt.encode(
        {"alg": "ES256", "typ": "at+jwt", "kid": "first"},
        issuer.claims(),
        ECKey.generate_key("P-256"),
    )


def _tampered(issuer: Issuer) -> str:
    header, _, signature = issuer.token().split(".")
    claims = json.dumps(issuer.claims(sub="somebody-else")).encode()
    return f"{header}.{_coded(claims)}.{signature}"


def _with(**changes: Any) -> Callable[[Issuer], str]:  # noqa: ANN401 - JSON
    return lambda issuer: issuer.token(**changes)


def _headed(**changes: Any) -> Callable[[Issuer], str]:  # noqa: ANN401 - JSON
    return lambda issuer: issuer.token(changes)


FOREIGN: dict[str, Callable[[Issuer], str]] = {
    "of another issuer": _with(iss="https://login.example"),
    "for another service": _with(aud="another"),
    "for no service": _with(aud=None),
    "for nobody": _with(sub=""),
    "with a number for a name": _with(sub=7),
    "of no client": _with(client_id=None),
    "without an end": _with(exp=None),
    "with an endless end": _with(exp=1e300),
    "with words for an end": _with(exp="tomorrow"),
    "without a beginning": _with(iat=None),
    "an id token": _headed(typ="JWT"),
    "without a type": _headed(typ=None),
    "of an unknown key": _headed(kid="unheard-of"),
    "unsigned": _unsigned,
    "signed with the public key": _signed_with_the_public_key,
    "signed by a stranger": _signed_by_a_stranger,
    "tampered with": _tampered,
    "no token at all": lambda _: "not.a.token",
    "with a letter beyond ASCII": lambda _: "æ.ø.å",
}


@pytest.mark.parametrize("kind", FOREIGN)
async def test_a_foreign_token_is_refused(kind: str, issuer: Issuer, verifier: Verifier) -> None:
    """Nothing but an access token that the issuer signed for this service says who asks."""
    with pytest.raises(ForeignToken):
        await verifier.identify(FOREIGN[kind](issuer))


@pytest.mark.parametrize("claim", ["nbf", "iat"])
async def test_a_token_of_tomorrow_is_refused(
    claim: str, issuer: Issuer, verifier: Verifier
) -> None:
    """A token counts from its beginning, give or take the seconds that clocks differ."""
    soon = int(issuer.clock.now().timestamp())
    assert (await verifier.identify(issuer.token(**{claim: soon + 5}))).subject
    with pytest.raises(TokenNotYetValid):
        await verifier.identify(issuer.token(**{claim: soon + 6}))


async def test_a_token_ends_with_its_time(issuer: Issuer, verifier: Verifier) -> None:
    """A token stops counting the moment it expires, also where it has just been believed."""
    token = issuer.token()
    issuer.clock.forward(timedelta(minutes=15) - timedelta(seconds=1))
    assert (await verifier.identify(token)).subject
    issuer.clock.forward(timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        await verifier.identify(token)


async def test_a_believed_token_is_read_again_after_a_minute(
    issuer: Issuer, verifier: Verifier
) -> None:
    """Belief lasts a minute at most: then the key must still be one that counts."""
    token = issuer.token()
    await verifier.identify(token)
    issuer.published = [ECKey.generate_key("P-256", {"kid": "second"})]
    issuer.clock.forward(KEPT_FOR)
    with pytest.raises(ForeignToken):
        await verifier.identify(token)
    assert timedelta(seconds=60) >= BELIEVED_FOR


async def test_a_new_key_is_asked_for_once(issuer: Issuer, verifier: Verifier) -> None:
    """An issuer may change its key, and made-up key names do not make us ask without end."""
    await verifier.identify(issuer.token())
    issuer.key = ECKey.generate_key("P-256", {"kid": "second"})
    issuer.published.append(issuer.key)
    issuer.clock.forward(PAUSE)
    assert (await verifier.identify(issuer.token())).subject
    asked = issuer.asked
    for number in range(5):
        with pytest.raises(ForeignToken):
            await verifier.identify(issuer.token({"kid": f"made-up-{number}"}))
    assert issuer.asked == asked


async def test_known_keys_outlive_the_issuer(issuer: Issuer, verifier: Verifier) -> None:
    """While the issuer is away, who has signed in goes on working."""
    await verifier.identify(issuer.token())
    issuer.away = True
    issuer.clock.forward(KEPT_FOR + KEPT_FOR)
    assert (await verifier.identify(issuer.token())).subject


async def test_without_keys_nobody_is_judged(issuer: Issuer, verifier: Verifier) -> None:
    """With no key ever seen, a token is neither believed nor called foreign, but asked about."""
    issuer.away = True
    with pytest.raises(LoginDown):
        await verifier.identify(issuer.token())
    issuer.away = False
    issuer.clock.forward(timedelta(seconds=1))
    assert (await verifier.identify(issuer.token())).subject


async def test_an_issuer_under_another_name_is_not_believed(
    issuer: Issuer, http: httpx2.AsyncClient, clock: StandingClock
) -> None:
    """Keys count only from an issuer that calls itself what we call it (RFC 8414 §3.3)."""
    keys = SigningKeys(f"{issuer.address}/", http, clock)
    with pytest.raises(LoginDown):
        await keys.key("first")


async def test_a_door_asks_who_is_there(issuer: Issuer, verifier: Verifier) -> None:
    """A door lets in who brings a good token, and tells the rest why not."""
    app = service()
    app.state.verifier = verifier
    brought = {
        "Bearer " + issuer.token(): "9dbdd26ffccd 1",
        "Bearer " + issuer.token(aud="another"): "foreign-token",
        "Basic YTpi": "not-signed-in",
        "Bearer": "not-signed-in",
        "": "not-signed-in",
    }
    async with asking(app) as client:
        for authorization, said in brought.items():
            answer = await client.get(
                "/v1/referrals/1/who", headers={"Authorization": authorization}
            )
            told = answer.json()
            assert (told if answer.is_success else told["type"].split(":")[-1]) == said


@settings(max_examples=40)
@given(st.text(max_size=80) | st.from_regex(r"[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,20}"))
async def test_no_text_is_more_than_refused(text: str) -> None:
    """Whatever is sent as a token is answered with a refusal, never with a fault."""
    clock = StandingClock(NOON)
    async with httpx2.AsyncClient() as http:
        verifier = Verifier(SigningKeys("http://127.0.0.1:1", http, clock), AUDIENCE, clock)
        with pytest.raises(Refusal):
            await verifier.identify(text)


def test_an_actor_is_the_same_person_and_nobody() -> None:
    """An actor id is one per person of an issuer, and cannot be made without the key."""
    key = bytes(32)
    assert actor_id(key, "https://a", "b") == actor_id(key, "https://a", "b")
    assert len({actor_id(key, "ab", "c"), actor_id(key, "a", "bc"), actor_id(b"x", "ab", "c")}) == 3
