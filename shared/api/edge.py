"""Why the edge itself answers no, before anything of the domain is asked."""

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

from shared.kernel.refusals import NotValid, Refusal

Headers: TypeAlias = Mapping[str, str]


class EdgeRefusal(Refusal):
    """The request was not let in. (da: Anmodningen blev ikke lukket ind.)"""

    headers: ClassVar[Headers] = {}
    """What the answer says beside its body."""


class NotSignedIn(EdgeRefusal):
    """You are not signed in. (da: Du er ikke logget ind.)"""

    headers: ClassVar[Headers] = {"WWW-Authenticate": "Bearer"}


class TokenExpired(NotSignedIn):
    """Your sign-in has expired; sign in again. (da: Dit login er udløbet; log ind igen.)"""

    headers: ClassVar[Headers] = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


class TokenNotYetValid(NotSignedIn):
    """The sign-in does not count yet. (da: Loginet gælder ikke endnu.)"""

    headers: ClassVar[Headers] = TokenExpired.headers


class ForeignToken(NotSignedIn):
    """The sign-in was not issued for this service.

    (da: Loginet er ikke udstedt til denne tjeneste.)
    """

    headers: ClassVar[Headers] = TokenExpired.headers


class MalformedRequest(EdgeRefusal):
    """The request cannot be read. (da: Anmodningen kan ikke læses.)"""


class MalformedJson(MalformedRequest):
    """The body is not JSON. (da: Indholdet er ikke JSON.)"""


class IdempotencyKeyMissing(MalformedRequest):
    """A change must carry the header Idempotency-Key.

    (da: En ændring skal have en Idempotency-Key med i sit hoved.)
    """


class IdempotencyKeyMalformed(MalformedRequest):
    """The Idempotency-Key must be one value of 1 to 255 visible ASCII characters.

    (da: Idempotency-Key skal være én værdi på 1 til 255 synlige ASCII-tegn.)
    """


class NoSuchDoor(EdgeRefusal):
    """There is no such address here. (da: Den adresse findes ikke her.)"""


class MethodNotAllowed(EdgeRefusal):
    """This address cannot be used in that way. (da: Adressen kan ikke bruges på den måde.)"""


class BodyTooLarge(EdgeRefusal):
    """The body is larger than this address takes. (da: Indholdet er større, end adressen tager.)"""

    headers: ClassVar[Headers] = {"Connection": "close"}


class MalformedBody(NotValid):
    """Fields are missing or not in the form expected.

    (da: Der mangler felter, eller de har ikke den ventede form.)
    """


class CursorNotValid(NotValid):
    """This cursor does not belong to this list. (da: Markøren hører ikke til denne liste.)"""


class PositionNotValid(NotValid):
    """This position was not given out here. (da: Positionen er ikke udstedt her.)"""


class PreconditionMissing(EdgeRefusal):
    """A change must say in If-Match which version you saw.

    (da: En ændring skal i If-Match angive den udgave, du så.)
    """


class Unavailable(EdgeRefusal):
    """The service cannot answer just now. (da: Tjenesten kan ikke svare lige nu.)"""

    headers: ClassVar[Headers] = {"Retry-After": "5"}


class TryAgain(Unavailable):
    """There is much to do; try again in a moment. (da: Der er travlt; prøv igen om et øjeblik.)"""

    headers: ClassVar[Headers] = {"Retry-After": "1"}


class NotCaughtUp(TryAgain):
    """What you wait for is not here yet; ask again.

    (da: Det, du venter på, er her ikke endnu; spørg igen.)
    """


class StorageDown(Unavailable):
    """The store does not answer; nothing was changed.

    (da: Lageret svarer ikke; intet er ændret.)
    """


class OutcomeOpen(TryAgain):
    """It is not known whether it was done; ask again with the same key.

    (da: Det vides ikke, om det blev gjort; spørg igen med samme nøgle.)
    """


class LoginDown(Unavailable):
    """Sign-ins cannot be checked just now. (da: Login kan ikke kontrolleres lige nu.)"""


class StorageFull(EdgeRefusal):
    """The store is full; nothing was changed, and reading goes on.

    (da: Lageret er fuldt; intet er ændret, og der kan stadig læses.)
    """


class TooMuchAtOnce(EdgeRefusal):
    """This is more than can be stored in one go.

    (da: Det er mere, end der kan gemmes på én gang.)
    """


class InternalError(EdgeRefusal):
    """Something went wrong here; it has been noted. (da: Noget gik galt her; det er noteret.)"""
