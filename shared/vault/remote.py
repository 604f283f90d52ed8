"""The vault as a process sees it that does not own it: through the private door, or not at all.

Nothing that was opened is kept here: a key lives as long as the request that asked for it.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
from pydantic import JsonValue

from shared.kernel.ids import AuthorityId, SubjectId
from shared.kernel.personal import Erased
from shared.vault.asked import (
    MAX_BODY_BYTES,
    PATHS,
    PROBLEMS,
    Asked,
    ContentKeyOf,
    Enrol,
    Granted,
    Opened,
    Shared,
    Subject,
    read_key,
    read_text,
    read_values,
)
from shared.vault.credentials import Credentials
from shared.vault.problems import DoorRefused, TooMuchAtOnce, VaultDown
from shared.vault.sealing import ContentKey
from shared.vault.wraps import Share

T = TypeVar("T")
PATIENCE: Final = 5.0
"""Seconds that one request may last, with everything: who asked is then told to try again."""
_KEPT: Final = httpx2.Limits(
    max_connections=32, max_keepalive_connections=32, keepalive_expiry=20.0
)
_AT_ONCE: Final = MAX_BODY_BYTES // 4
"""Characters of tokens that are opened by one request; more are opened by several."""
_CUT_OFF: Final = (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)


class RemoteVault:
    """A :class:`KeyHolder` behind the door at an address; every fault on the way is ``VaultDown``.

    Where a connection is cut off the request is sent once more, on a new one: its owner may just
    have been replaced. That is safe for all of them. A case is bound once and a file made once, so
    ``enrol`` and ``subject`` give the same id again; a wrap for the same cause is replaced;
    ``content_key`` and ``opened`` change nothing.
    """

    def __init__(self, http: httpx2.AsyncClient, patience: float) -> None:
        self._http, self._patience = http, patience
        self._under_way: set[asyncio.Task[httpx2.Response]] = set()
        self._closed = False

    @classmethod
    def at(cls, url: str, credentials: Credentials, *, patience: float = PATIENCE) -> Self:
        """Give the vault at *url* (``https://host:port``); nothing is asked of it yet.

        Who answers there has to prove that it is that host. Raises ``CertificateRefused``, and
        ``DoorRefused`` for an address of another kind.
        """
        _ensure_address(url)
        http = httpx2.AsyncClient(
            base_url=url,
            verify=credentials.to_ask(),
            trust_env=False,  # a proxy named in the environment has no business with keys
            timeout=patience,  # each step of a request; together they are waited for no longer
            limits=_KEPT,
        )
        return cls(http, patience)

    async def enrol(
        self,
        case: UUID,
        authority: AuthorityId,
        *,
        known_as: SubjectId | None = None,
        apart: bool = False,
    ) -> SubjectId:
        """Bind *case* to a person, once, and give that person's id in the files of *authority*.

        Raises ``UnknownSubject``.
        """
        asked = Enrol(case=case, authority=authority, known_as=known_as, apart=apart)
        return SubjectId(read_text(await self._ask(asked)))

    async def subject(
        self, case: UUID, authority: AuthorityId, *, apart: bool = False
    ) -> SubjectId:
        """Give the id of the case's person in the files of *authority*. Raises ``UnknownCase``."""
        asked = Subject(case=case, authority=authority, apart=apart)
        return SubjectId(read_text(await self._ask(asked)))

    async def content_key(self, event: UUID, subject: SubjectId) -> ContentKey:
        """Give what seals the fields of *event* about *subject*. Raises ``UnknownSubject``."""
        answer = await self._ask(ContentKeyOf(event=event, subject=subject))
        return read_key(answer, event, subject)

    async def grant(self, shares: Iterable[Share]) -> None:
        """Write the readers' wraps; all are written when it returns.

        A long case takes several requests. Where one of them fails some may be written: they are
        replaced when it is tried again, or swept. Raises ``UnknownCase``, ``Tampered``, and
        ``TooMuchAtOnce`` for one token that is larger than any may be.
        """
        listed = [Shared.read(each) for each in shares]
        for some in _in_parts(listed, lambda each: len(each.token)):
            await self._ask(Granted(shares=some))

    async def opened(self, tokens: Sequence[str], reader: AuthorityId) -> list[JsonValue | Erased]:
        """Give what *reader* may read, in the order of *tokens*.

        Raises ``Tampered``, and ``TooMuchAtOnce`` for one token that is larger than any may be.
        """
        values: list[JsonValue | Erased] = []
        for some in _in_parts(tokens, len):
            answer = await self._ask(Opened(tokens=some, reader=reader))
            values += read_values(answer, len(some))
        return values

    async def close(self) -> None:
        """Finish what was begun and let go of it all; what comes later is ``VaultDown``."""
        self._closed = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._patience)
        await self._http.aclose()

    async def _ask(self, asked: Asked) -> JsonValue:
        body = asked.model_dump_json().encode()
        if len(body) > MAX_BODY_BYTES:
            raise TooMuchAtOnce
        if self._closed:
            raise VaultDown("closed")
        try:
            async with asyncio.timeout(self._patience):
                return _read(await asyncio.shield(self._begun(PATHS[type(asked)], body)))
        except (httpx2.HTTPError, OSError, ValueError) as cause:
            raise VaultDown(f"the vault's door: {type(cause).__name__}") from cause

    def _begun(self, path: str, body: bytes) -> asyncio.Task[httpx2.Response]:
        """Give a request that ends by itself: cancelled in a handshake it would leave a socket."""
        task = asyncio.create_task(self._posted(path, body))
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[httpx2.Response]) -> None:
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()  # noted: whoever asked may have gone, and asyncio would complain

    async def _posted(self, path: str, body: bytes) -> httpx2.Response:
        try:
            return await self._http.post(path, content=body)
        except _CUT_OFF:
            return await self._http.post(path, content=body)


def _read(answer: httpx2.Response) -> JsonValue:
    said: JsonValue = json.loads(answer.content)
    if answer.status_code == httpx2.codes.OK:
        return said
    name = said.get("problem") if isinstance(said, dict) else None
    raise PROBLEMS.get(str(name), VaultDown)(f"the vault's door: {answer.status_code}")


def _in_parts(items: Sequence[T], length_of: Callable[[T], int]) -> Iterator[tuple[T, ...]]:
    """Give *items* in parts that one request holds; one part, of none, where there is none."""
    part: list[T] = []
    length = 0
    for item in items:
        if part and length + length_of(item) > _AT_ONCE:
            yield tuple(part)
            part, length = [], 0
        part.append(item)
        length += length_of(item)
    yield tuple(part)


def _ensure_address(url: str) -> None:
    if not _is_address(url):
        raise DoorRefused(
            "KREDSLOB_VAULT_URL er ikke en adresse som https://worker:8443; ret den"
            " (is not an address like https://worker:8443; correct it)"
        )


def _is_address(url: str) -> bool:
    try:
        told = urlsplit(url)
        beyond = told.username, told.path.strip("/"), told.query, told.fragment
        return told.scheme == "https" and None not in (told.hostname, told.port) and not any(beyond)
    except ValueError:
        return False
