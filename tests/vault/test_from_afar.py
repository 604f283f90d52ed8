"""The vault through its private door: the same as beside it, as long as it answers."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import JsonValue

from shared.kernel.personal import ERASED
from shared.vault.credentials import Credentials
from shared.vault.problems import TooMuchAtOnce, UnknownCase, UnknownSubject, VaultDown
from shared.vault.provider import FileKeys
from shared.vault.remote import RemoteVault
from shared.vault.vault import Vault
from tests.vault.filing import CANARY, FAVRSKOV, POLICE, REGION, read, sealed, share, shared_with
from tests.vault.knocking import asking, behind_a_door


async def test_a_replica_seals_shares_and_reads(vault: Vault, remote: RemoteVault) -> None:
    """What is sealed through the door opens beside the vault, and the other way round."""
    case = uuid4()
    subject = await remote.enrol(case, FAVRSKOV)
    token = await sealed(remote, subject)
    assert await read(vault, token, FAVRSKOV) == CANARY
    assert await read(remote, token, POLICE) == ERASED
    await shared_with(remote, token, case, POLICE)
    again = await sealed(vault, await vault.subject(case, POLICE))
    assert await remote.opened([token, again], POLICE) == [CANARY, CANARY]
    assert await vault.opened([token, again], POLICE) == [CANARY, CANARY]


async def test_every_kind_of_value_travels(remote: RemoteVault) -> None:
    """What JSON can hold comes through as it was; nothing at all is not the same as erased."""
    case = uuid4()
    subject = await remote.enrol(case, FAVRSKOV)
    values: list[JsonValue] = [None, "", "æ\u2028😀", 0.1, -(10**40), True, [], {"ø": [None]}, [[]]]
    tokens = [await sealed(remote, subject, value) for value in values]
    assert await remote.opened(tokens, FAVRSKOV) == values
    await shared_with(remote, tokens[0], case, POLICE)
    assert await remote.opened(tokens[:2], POLICE) == [None, ERASED]
    assert await remote.opened([], POLICE) == []


async def test_a_file_of_one_case_alone_is_asked_for_as_one(
    vault: Vault, remote: RemoteVault
) -> None:
    """A secret case has a file of its own from afar too, and what is shared goes into it."""
    case = uuid4()
    alone = await remote.enrol(case, FAVRSKOV, apart=True)
    assert alone == await vault.subject(case, FAVRSKOV, apart=True)
    assert alone == await remote.subject(case, FAVRSKOV, apart=True)
    assert alone != await remote.subject(case, FAVRSKOV)
    token = await sealed(remote, alone)
    await remote.grant([replace(share(token, case, POLICE), apart=True)])
    await vault.destroy(await remote.subject(case, POLICE))
    assert await read(remote, token, POLICE) == CANARY
    await vault.destroy(await remote.subject(case, POLICE, apart=True))
    assert await read(remote, token, POLICE) == ERASED


async def test_two_replicas_at_once_bind_a_case_to_one_person(
    url: str, replica: Credentials, vault: Vault
) -> None:
    """Whoever enrols a case first, all get the same person, and one file at each authority."""
    case = uuid4()
    async with asking(url, replica) as one, asking(url, replica) as other:
        told = await asyncio.gather(*(each.enrol(case, FAVRSKOV) for each in [one, other] * 8))
        theirs = await asyncio.gather(*(each.subject(case, POLICE) for each in [one, other] * 8))
    assert set(told) == {await vault.subject(case, FAVRSKOV)}
    assert set(theirs) == {await vault.subject(case, POLICE)}


async def test_shares_are_written_all_or_none_through_the_door(remote: RemoteVault) -> None:
    """A disclosure that fails half-way discloses nothing from afar either."""
    case = uuid4()
    token = await sealed(remote, await remote.enrol(case, FAVRSKOV))
    with pytest.raises(UnknownCase):
        await remote.grant([share(token, case, POLICE), share(token, uuid4(), REGION)])
    assert await read(remote, token, POLICE) == ERASED


async def test_what_is_destroyed_is_gone_for_replicas_at_once(
    vault: Vault, remote: RemoteVault
) -> None:
    """A replica keeps no key and no value: after a destruction it opens nothing more."""
    subject = await remote.enrol(uuid4(), FAVRSKOV)
    token = await sealed(remote, subject)
    assert await read(remote, token, FAVRSKOV) == CANARY
    await vault.destroy(subject)
    assert await read(remote, token, FAVRSKOV) == ERASED
    with pytest.raises(UnknownSubject):
        await remote.content_key(uuid4(), subject)


async def test_more_than_one_request_holds_is_opened_in_parts(remote: RemoteVault) -> None:
    """A long case opens whole and in order, though no single request could hold it."""
    subject = await remote.enrol(uuid4(), FAVRSKOV)
    key = await remote.content_key(uuid4(), subject)
    values = [f"{number}" + "x" * 400_000 for number in range(32)]
    tokens = [key.seal("intake.concern", value) for value in values]
    assert sum(map(len, tokens)) > 16 * 1024 * 1024
    assert await remote.opened(tokens, FAVRSKOV) == values


async def test_a_long_case_is_shared_in_parts(remote: RemoteVault) -> None:
    """Whoever is let into a long case can read all of it, though no single request could ask."""
    case = uuid4()
    subject = await remote.enrol(case, FAVRSKOV)
    tokens = [await sealed(remote, subject, f"{each}" + "x" * 6_000_000) for each in range(3)]
    await remote.grant([share(token, case, POLICE) for token in tokens])
    for each, token in enumerate(tokens):
        assert await read(remote, token, POLICE) == f"{each}" + "x" * 6_000_000


async def test_what_no_request_holds_is_refused_before_it_is_sent(
    remote: RemoteVault, replica: Credentials
) -> None:
    """One share that is larger than any request may be is refused without asking anybody."""
    case = uuid4()
    token = await sealed(remote, await remote.enrol(case, FAVRSKOV), "x" * 17_000_000)
    async with asking("https://127.0.0.1:1", replica) as nobody:
        with pytest.raises(TooMuchAtOnce):
            await nobody.grant([share(token, case, POLICE)])


async def test_a_door_that_is_away_is_the_vault_down(
    vault: Vault, worker: Credentials, replica: Credentials
) -> None:
    """Without its owner there is no vault; where it comes back, the same replica goes on."""
    case = uuid4()
    async with behind_a_door(vault, worker) as url, asking(url, replica) as remote:
        subject = await remote.enrol(case, FAVRSKOV)
    port = int(url.rpartition(":")[2])
    async with asking(url, replica) as remote:
        with pytest.raises(VaultDown):
            await remote.subject(case, FAVRSKOV)
        async with behind_a_door(vault, worker, port):
            assert await remote.subject(case, FAVRSKOV) == subject
        with pytest.raises(VaultDown):
            await remote.subject(case, FAVRSKOV)
        async with behind_a_door(vault, worker, port):
            assert await remote.subject(case, FAVRSKOV) == subject


async def test_a_vault_that_is_closed_is_down_from_afar(vault: Vault, remote: RemoteVault) -> None:
    """A door with no vault behind it any more says so, and nothing hangs."""
    await vault.close()
    with pytest.raises(VaultDown):
        await remote.enrol(uuid4(), FAVRSKOV)


async def test_an_owner_that_never_answers_is_not_waited_for(replica: Credentials) -> None:
    """One request lasts as long as it may, whatever the other side does with the connection."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        async with asking(url, replica, patience=0.05) as remote:
            with pytest.raises(VaultDown):
                await remote.enrol(uuid4(), FAVRSKOV)


@pytest.mark.parametrize("cut", [1, 2])
async def test_a_request_that_was_cut_off_is_sent_once_more(
    worker: Credentials, replica: Credentials, cut: int
) -> None:
    """An owner that is replaced while it is asked is asked again, once: never on and on."""
    heard: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append((await reader.readuntil(b"\r\n\r\n")).splitlines()[0])
        if len(heard) > cut:
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n"abcd"')
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=worker.at_the_door())
    port = server.sockets[0].getsockname()[1]
    async with server, asking(f"https://127.0.0.1:{port}", replica) as remote:
        if cut == 1:
            assert await remote.subject(uuid4(), FAVRSKOV) == "abcd"
        else:
            with pytest.raises(VaultDown):
                await remote.subject(uuid4(), FAVRSKOV)
    assert heard == [b"POST /subject HTTP/1.1"] * 2


async def test_a_proxy_of_the_machine_has_no_part_in_it(
    url: str, replica: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys go from the owner to the replica, whatever the environment says of other traffic."""
    for name in ("HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with asking(url, replica) as remote:
        assert await remote.enrol(uuid4(), FAVRSKOV)


async def test_a_replica_that_has_closed_asks_no_more(url: str, replica: Credentials) -> None:
    """After closing it is refused, as beside the vault; closing again does nothing."""
    async with asking(url, replica) as remote:
        await remote.enrol(uuid4(), FAVRSKOV)
    with pytest.raises(VaultDown):
        await remote.enrol(uuid4(), FAVRSKOV)
    await remote.close()


async def test_a_replica_that_closes_finishes_what_it_asked(
    tmp_path: Path, worker: Credentials, replica: Credentials
) -> None:
    """Who waits when a replica closes is answered; who gave up hinders nobody, here or there."""
    vault = Vault.open(tmp_path / "vault.db", FileKeys(tmp_path / "key"))
    async with behind_a_door(vault, worker) as url, asking(url, replica) as remote:
        async with asking(url, replica) as leaving:
            asked = [asyncio.create_task(leaving.enrol(uuid4(), FAVRSKOV)) for _ in range(8)]
            await asyncio.sleep(0)  # each has begun, and none can have been answered
            for each in asked[:4]:
                each.cancel()
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(each) for each in outcomes] == [asyncio.CancelledError] * 4 + [str] * 4
        assert await remote.enrol(uuid4(), FAVRSKOV)
    await vault.close()
