"""Only who shows a certificate of our authority comes in, and only our owner is believed."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from shared.kernel.ids import SubjectId
from shared.testing.certificates import MadeUpAuthority
from shared.vault.credentials import Credentials
from shared.vault.problems import UnknownCase, VaultDown
from shared.vault.vault import Vault
from tests.vault.filing import CANARY, FAVRSKOV, POLICE
from tests.vault.knocking import PATIENCE, asking, behind_a_door

YESTERDAY = timedelta(hours=1)


@pytest.fixture
def foreign(tmp_path: Path) -> MadeUpAuthority:
    """Another authority, which calls itself by the same name."""
    return MadeUpAuthority.made(tmp_path / "foreign")


def believing(ca: Path) -> ssl.SSLContext:
    """Give what believes the door and shows nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca)
    return context


def showing(ca: Path, shown: Credentials) -> ssl.SSLContext:
    """Give what believes the door and shows a certificate, fit or not."""
    context = believing(ca)
    context.load_cert_chain(shown.cert, shown.key)
    return context


def _nothing(ours: MadeUpAuthority, _: MadeUpAuthority) -> ssl.SSLContext:
    return believing(ours.ca)


def _of_another_authority(ours: MadeUpAuthority, foreign: MadeUpAuthority) -> ssl.SSLContext:
    return showing(ours.ca, foreign.client("replica"))


def _expired(ours: MadeUpAuthority, _: MadeUpAuthority) -> ssl.SSLContext:
    return showing(ours.ca, ours.client("late", lasting=YESTERDAY))


def _for_serving(ours: MadeUpAuthority, _: MadeUpAuthority) -> ssl.SSLContext:
    return showing(ours.ca, ours.server("another"))


def _in_old_words(ours: MadeUpAuthority, _: MadeUpAuthority) -> ssl.SSLContext:
    context = showing(ours.ca, ours.client("old"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@pytest.mark.parametrize(
    "showing", [_nothing, _of_another_authority, _expired, _for_serving, _in_old_words]
)
async def test_a_stranger_is_not_answered(
    url: str,
    vault: Vault,
    authority: MadeUpAuthority,
    foreign: MadeUpAuthority,
    showing: Callable[[MadeUpAuthority, MadeUpAuthority], ssl.SSLContext],
) -> None:
    """Without a certificate for clients, of our authority and in force, nothing is even heard."""
    case = uuid4()
    context = showing(authority, foreign)
    async with httpx2.AsyncClient(verify=context, trust_env=False, timeout=PATIENCE) as http:
        with pytest.raises(httpx2.TransportError):
            await http.post(f"{url}/enrol", json=enrolling(str(case)))
    with pytest.raises(UnknownCase):
        await vault.subject(case, FAVRSKOV)


async def test_without_tls_nobody_is_answered(url: str, vault: Vault) -> None:
    """A request in clear is cut off."""
    case = uuid4()
    plain = url.replace("https", "http")
    async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
        with pytest.raises(httpx2.TransportError):
            await http.post(f"{plain}/enrol", json=enrolling(str(case)))
    with pytest.raises(UnknownCase):
        await vault.subject(case, FAVRSKOV)


def enrolling(case: str) -> dict[str, object]:
    """Give what would enrol *case* if it were heard."""
    return {"case": case, "authority": FAVRSKOV, "known_as": None, "apart": False}


@asynccontextmanager
async def in_the_middle(context: ssl.SSLContext, heard: bytearray) -> AsyncIterator[str]:
    """Serve in the vault's place, note all that is said there, and give the address."""

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(4096):
            heard.extend(said)
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _foreign(_: MadeUpAuthority, foreign: MadeUpAuthority) -> Credentials:
    return foreign.server("worker")


def _elsewhere(ours: MadeUpAuthority, _: MadeUpAuthority) -> Credentials:
    return ours.server("elsewhere", hosts=["worker.example", "127.0.0.2"])


def _another_replica(ours: MadeUpAuthority, _: MadeUpAuthority) -> Credentials:
    return ours.client("thief")


def _too_old(ours: MadeUpAuthority, _: MadeUpAuthority) -> Credentials:
    return ours.server("late", lasting=YESTERDAY)


@pytest.mark.parametrize("standing", [_foreign, _elsewhere, _another_replica, _too_old])
async def test_who_stands_in_the_middle_learns_nothing(
    authority: MadeUpAuthority,
    foreign: MadeUpAuthority,
    replica: Credentials,
    standing: Callable[[MadeUpAuthority, MadeUpAuthority], Credentials],
) -> None:
    """Whoever cannot prove to be our owner at this host hears no word, and the vault is down."""
    shown, heard = standing(authority, foreign), bytearray()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.cert, shown.key)
    async with in_the_middle(context, heard) as url, asking(url, replica) as remote:
        with pytest.raises(VaultDown):
            await remote.enrol(uuid4(), FAVRSKOV)
        with pytest.raises(VaultDown):
            await remote.opened([CANARY], POLICE)
    assert heard == b""


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"220 welcome\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{..}",
        b'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n["a","b"]',
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe",
        b'HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n[["a"],["b"]]',
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
        b'HTTP/1.1 500 No\r\ncontent-length: 23\r\n\r\n{"problem":"KeyboardIn"}',
        b'HTTP/1.1 409 No\r\ncontent-length: 17\r\n\r\n{"problem":["a"]}',
        b'HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n"half',
    ],
)
async def test_an_answer_that_makes_no_sense_is_the_vault_down(
    authority: MadeUpAuthority, replica: Credentials, said: bytes
) -> None:
    """Whatever our owner's host says but an answer, half of one included, is no answer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    context = authority.server("worker").at_the_door()
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server, asking(f"https://127.0.0.1:{port}", replica) as remote:
        for ask in (
            remote.enrol(uuid4(), FAVRSKOV),
            remote.subject(uuid4(), FAVRSKOV),
            remote.content_key(uuid4(), SubjectId("a" * 32)),
            remote.opened([CANARY], POLICE),
        ):
            with pytest.raises(VaultDown):
                await ask


async def test_the_door_is_known_by_name_and_by_address(
    vault: Vault, worker: Credentials, replica: Credentials
) -> None:
    """A certificate may name hosts and addresses; either proves who answers there."""
    async with behind_a_door(vault, worker) as url:
        for at in (url, url.replace("127.0.0.1", "localhost")):
            async with asking(at, replica) as remote:
                assert await remote.enrol(uuid4(), FAVRSKOV)
