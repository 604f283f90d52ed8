"""Starting on an EventStoreDB: whatever is wrong is said, and how to mend it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.esdb_patience import Limits
from shared.eventstore.esdb_refusals import (
    CertificateNotTrusted,
    CertificateUnreadable,
    EngineSilent,
    EngineTooOld,
    NoCertificate,
    WrongConnectionString,
    WrongCredentials,
)
from shared.eventstore.port import NO_STREAM
from shared.kernel.clock import StandingClock
from shared.kernel.starting import CannotStart
from shared.testing.certificates import MadeUpAuthority
from shared.testing.esdb import Certificate, EsdbServer, esdb_server
from shared.testing.esdb.cluster import FEATURES
from tests.stores.esdb.conftest import HASTY
from tests.stores.facts import DEADLINE, facts

HERE = "127.0.0.1"
SECRET = "sommerfugl"
SOON = Limits(call=0.2, scan=0.2, whole=0.2, start=0.4)


@pytest.fixture
def authority(tmp_path: Path) -> MadeUpAuthority:
    """Give an authority that vouches for servers."""
    return MadeUpAuthority.made(tmp_path / "authority")


@pytest.fixture
async def secured(tmp_path: Path, authority: MadeUpAuthority) -> AsyncIterator[EsdbServer]:
    """Give a test server that speaks TLS."""
    async with esdb_server(tmp_path / "engine", certificate=proof(authority, HERE)) as running:
        yield running


def proof(authority: MadeUpAuthority, host: str) -> Certificate:
    """Give what a server at *host* proves itself with."""
    given = authority.server("engine", hosts=[host])
    return Certificate(given.cert, given.key)


async def connected(url: str, clock: StandingClock, limits: Limits = HASTY) -> EsdbStore:
    """Connect, and give up before a test does."""
    async with asyncio.timeout(DEADLINE):
        return await EsdbStore.connect(url, "things", clock, limits=limits)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:2113",
        f"http://admin:{SECRET}@{HERE}:2113",
        f"admin:{SECRET}@{HERE}:2113",
        f"esdb://admin:{SECRET}@?tls=false",
        f"esdb+discover://admin:{SECRET}@a:2113,b:2113?tls=false",
        f"esdb://{HERE}:2113?tls=true",
        f"esdb://{SECRET}@{HERE}:2113",
        f"esdb://{HERE}:2113?tls=maybe",
        f"esdb://admin:{SECRET}@{HERE}:2113?tls=false&colour=red",
        f"esdb://admin:{SECRET}@{HERE}:2113?tls=false&KeepAliveInterval=soon",
        f"esdb://admin:{SECRET}@{HERE}:2113?tls=false&NodePreference=follower",
        f"esdb://admin:{SECRET}@{HERE}:2113",
        f"esdb://admin:{SECRET}@{HERE}:2113?tlsVerifyCert=false",
        f"esdb://admin:{SECRET}@[::1",
    ],
)
async def test_a_wrong_connection_string_is_refused(url: str, clock: StandingClock) -> None:
    """It is said what such a string looks like, and its password is in no word of it."""
    with pytest.raises(WrongConnectionString) as refused:
        await connected(url, clock)

    assert refused.value.found
    assert not [each for each in _chain(refused.value) if SECRET in repr(each) + str(each)]


async def test_a_certificate_must_be_there(tmp_path: Path, clock: StandingClock) -> None:
    """A file that cannot be read is named."""
    nowhere = tmp_path / "nowhere.pem"
    with pytest.raises(CertificateUnreadable, match=r"nowhere\.pem"):
        await connected(f"esdb://a:{SECRET}@{HERE}:2113?tlsCaFile={nowhere}", clock)


@pytest.mark.parametrize("setting", ["tlsCaFile", "userCertFile", "userKeyFile"])
async def test_a_certificate_must_be_one(
    setting: str, tmp_path: Path, authority: MadeUpAuthority, clock: StandingClock
) -> None:
    """A file that holds none is named, whichever it is."""
    other = tmp_path / "other.pem"
    other.write_text("-----BEGIN NOTHING-----")
    given = {"tlsCaFile": authority.ca, setting: other}
    settings = "&".join(f"{name}={file}" for name, file in given.items())

    with pytest.raises(NoCertificate, match=r"other\.pem"):
        await connected(f"esdb://a:{SECRET}@{HERE}:2113?{settings}", clock)


async def test_an_engine_that_proves_itself_is_used(
    secured: EsdbServer, authority: MadeUpAuthority, clock: StandingClock
) -> None:
    """Over TLS, with the authority of its certificate named, all is as it was."""
    url = f"esdb://admin:{SECRET}@{HERE}:{secured.port}?tlsCaFile={authority.ca}"
    store = await connected(url, clock)

    added = await store.append("a", NO_STREAM, facts(1))
    assert await store.read_all() == added
    await store.close()


async def test_an_engine_that_another_vouches_for_is_refused(
    secured: EsdbServer, tmp_path: Path, clock: StandingClock
) -> None:
    """A certificate that the named authority has not signed proves nothing."""
    stranger = MadeUpAuthority.made(tmp_path / "stranger")
    with pytest.raises(CertificateNotTrusted):
        await connected(
            f"esdb://admin:{SECRET}@{HERE}:{secured.port}?tlsCaFile={stranger.ca}", clock
        )


async def test_an_engine_under_another_name_is_refused(
    tmp_path: Path, authority: MadeUpAuthority, clock: StandingClock
) -> None:
    """A certificate for another server proves nothing, whoever has signed it."""
    elsewhere = proof(authority, "127.0.0.2")
    async with esdb_server(tmp_path / "engine", certificate=elsewhere) as running:
        with pytest.raises(CertificateNotTrusted):
            await connected(
                f"esdb://admin:{SECRET}@{HERE}:{running.port}?tlsCaFile={authority.ca}", clock
            )


@pytest.mark.parametrize("version", ["24.10.4", "23.10.9", "5.0.0", "25.0.0", "", "young"])
async def test_an_engine_that_may_skip_facts_is_refused(
    version: str, tmp_path: Path, clock: StandingClock
) -> None:
    """Before 24.10.5, and in 25.0.0, a checkpoint can be ahead of what was delivered."""
    async with esdb_server(tmp_path / "engine", version=version) as running:
        with pytest.raises(EngineTooOld, match=rf"Version: {version or 'none'}\."):
            await connected(running.url, clock)


@pytest.mark.parametrize("version", ["24.10.5", "24.10.6.0", "25.0.1", "25.1.0-rc", "26.2.0"])
async def test_a_younger_engine_is_used(version: str, tmp_path: Path, clock: StandingClock) -> None:
    """The first good version and all that came later are welcome."""
    async with esdb_server(tmp_path / "engine", version=version) as running:
        store = await connected(running.url, clock)
        await store.close()


@contextmanager
def silence(*, listening: bool) -> Iterator[int]:
    """Give a port of this machine where nobody answers, or nobody even listens."""
    with socket.socket() as nobody:
        nobody.bind((HERE, 0))
        if listening:
            nobody.listen()
        yield nobody.getsockname()[1]


@pytest.mark.parametrize("listening", [True, False])
async def test_an_engine_that_does_not_answer_is_not_waited_for_for_ever(
    clock: StandingClock, *, listening: bool
) -> None:
    """A start ends, whether nobody is there or somebody who says nothing."""
    with silence(listening=listening) as port, pytest.raises(EngineSilent):
        await connected(f"esdb://{HERE}:{port}?tls=false", clock, SOON)


@pytest.mark.parametrize("scheme", ["esdb", "esdb+discover"])
async def test_a_cluster_that_does_not_answer_is_not_waited_for_either(
    scheme: str, clock: StandingClock
) -> None:
    """Looking for a leader ends, too."""
    with silence(listening=True) as one, silence(listening=False) as other:
        hosts = f"{HERE}:{one},{HERE}:{other}" if scheme == "esdb" else f"{HERE}:{one}"
        with pytest.raises(EngineSilent):
            await connected(f"{scheme}://{hosts}?tls=false", clock, SOON)


@pytest.mark.parametrize("scheme", ["esdb", "esdb+discover"])
async def test_a_cluster_is_found_by_any_of_its_members(
    scheme: str, server: EsdbServer, clock: StandingClock
) -> None:
    """One of several servers is enough to find the leader."""
    with silence(listening=False) as gone:
        here = f"{HERE}:{server.port}"
        hosts = f"{HERE}:{gone},{here}" if scheme == "esdb" else here
        store = await connected(f"{scheme}://{hosts}?tls=false", clock)

        added = await store.append("a", NO_STREAM, facts(1))
        assert await store.read_all() == added
        await store.close()


@asynccontextmanager
async def guarded(*, knows_version: bool) -> AsyncIterator[str]:
    """Give the address of an engine that lets nobody in, or only as far as its version."""

    async def version(_: bytes, context: Any) -> bytes:  # noqa: ANN401 - grpc ships no types
        if not knows_version:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "who is that?")
        return b"\x12\x0724.10.6"

    async def read(_: bytes, context: Any) -> None:  # noqa: ANN401 - as above
        await context.abort(grpc.StatusCode.PERMISSION_DENIED, "Access Denied")

    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        [
            grpc.method_handlers_generic_handler(
                FEATURES, {"GetSupportedMethods": grpc.unary_unary_rpc_method_handler(version)}
            ),
            grpc.method_handlers_generic_handler(
                "event_store.client.streams.Streams",
                {"Read": grpc.unary_stream_rpc_method_handler(read)},
            ),
        ]
    )
    port = server.add_insecure_port(f"{HERE}:0")
    await server.start()
    yield f"{HERE}:{port}"
    await server.stop(grace=0)


@pytest.mark.parametrize("knows_version", [True, False])
async def test_a_wrong_password_is_refused(clock: StandingClock, *, knows_version: bool) -> None:
    """Who is not let in hears so at once, and the password is not said again."""
    async with guarded(knows_version=knows_version) as target:
        with pytest.raises(WrongCredentials) as refused:
            await connected(f"esdb://admin:{SECRET}@{target}?tls=false", clock)

    assert SECRET not in str(refused.value)


async def test_something_that_is_no_such_engine_is_refused(clock: StandingClock) -> None:
    """Whatever speaks the protocol and cannot say its version is too old to be used."""
    server = grpc.aio.server()
    port = server.add_insecure_port(f"{HERE}:0")
    await server.start()
    with pytest.raises(EngineTooOld):
        await connected(f"esdb://{HERE}:{port}?tls=false", clock)
    await server.stop(grace=0)


@pytest.mark.parametrize("name", ["", "Referrals", "re.ferrals", "a b", "$all"])
async def test_a_service_has_a_name_that_no_other_begins_with(
    name: str, server: EsdbServer, clock: StandingClock
) -> None:
    """Services share a cluster: one whose name holds a dot could read what is another's."""
    with pytest.raises(ValueError, match="no name of a service"):
        await EsdbStore.connect(server.url, name, clock)


def test_every_refusal_is_said_in_both_languages() -> None:
    """An operator reads what is wrong and how to mend it, in Danish and in English."""
    here = EngineTooOld.__module__
    kinds = [kind for kind in CannotStart.__subclasses__() if kind.__module__ == here]

    assert len(kinds) == 7
    assert all(";" in kind.words().en and ";" in kind.words().da for kind in kinds)


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
