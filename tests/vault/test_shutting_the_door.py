"""The door is one task among others: it ends when it is told to, and lets the others be."""

import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest

from shared.kernel.ids import AuthorityId, SubjectId
from shared.serving.running import running
from shared.vault.credentials import Credentials
from shared.vault.door import VaultDoor
from shared.vault.problems import DoorRefused, VaultDown
from shared.vault.vault import Vault
from tests.vault.filing import FAVRSKOV
from tests.vault.knocking import PATIENCE, asking, behind_a_door


@pytest.fixture(autouse=True)
def untroubled(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Ending in order is nothing to warn of: no answer is cut off and no time runs out."""
    yield
    assert [each for each in caplog.get_records("call") if each.levelno >= logging.WARNING] == []


async def test_it_runs_beside_other_tasks_and_leaves_signals_to_them(
    vault: Vault, worker: Credentials, replica: Credentials
) -> None:
    """It is a task of the service: begun and ended with it, with no say over the process."""
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    door = VaultDoor.open(vault, "127.0.0.1", 0, worker)
    url = f"https://127.0.0.1:{door.port}"
    async with running({"vault door": door.run}), asking(url, replica) as remote:
        assert await remote.enrol(uuid4(), FAVRSKOV)
        assert before == [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    with pytest.raises(VaultDown):
        async with asking(url, replica) as remote:
            await remote.enrol(uuid4(), FAVRSKOV)


async def test_connections_that_are_kept_do_not_hold_it_open(
    vault: Vault, worker: Credentials, replica: Credentials
) -> None:
    """Replicas keep their connections for the next request; the owner ends without waiting."""
    async with asyncio.timeout(PATIENCE):
        async with behind_a_door(vault, worker) as url:
            idle = asking(url, replica)
            remote = await idle.__aenter__()
            await asyncio.gather(*(remote.enrol(uuid4(), FAVRSKOV) for _ in range(8)))
            asked_before = len(asyncio.all_tasks())
        assert len(asyncio.all_tasks()) < asked_before
    with pytest.raises(VaultDown):
        await remote.enrol(uuid4(), FAVRSKOV)
    await idle.__aexit__(None, None, None)


async def test_who_connects_and_says_nothing_does_not_hold_it_open(
    vault: Vault, worker: Credentials, replica: Credentials
) -> None:
    """A connection without a word of TLS delays nobody else and is gone with the door."""
    async with behind_a_door(vault, worker) as url, asking(url, replica) as remote:
        port = int(url.rpartition(":")[2])
        with closing(socket.create_connection(("127.0.0.1", port))):
            assert await remote.enrol(uuid4(), FAVRSKOV)


class Slow(Vault):
    """A vault that answers when it is let go on."""

    begun: asyncio.Event
    go_on: asyncio.Event

    async def subject(
        self, case: object, authority: AuthorityId, *, apart: bool = False
    ) -> SubjectId:
        """Answer late."""
        self.begun.set()
        await self.go_on.wait()
        return SubjectId(f"{authority} {apart} {case}")


async def test_what_is_being_answered_is_answered_to_its_end(
    vault: Vault, worker: Credentials, replica: Credentials
) -> None:
    """A replica that asked before the end hears the answer; who asks after it does not."""
    slow = Slow.__new__(Slow)
    slow.begun, slow.go_on = asyncio.Event(), asyncio.Event()
    door, stopping = VaultDoor.open(slow, "127.0.0.1", 0, worker), asyncio.Event()
    serving = asyncio.create_task(door.run(stopping))
    case = uuid4()
    async with asking(f"https://127.0.0.1:{door.port}", replica) as remote:
        asked = asyncio.create_task(remote.subject(case, FAVRSKOV))
        await slow.begun.wait()
        stopping.set()
        while door.held.fileno() != -1:  # noqa: ASYNC110 - the server has no event for having begun to end
            await asyncio.sleep(0)
        slow.go_on.set()
        assert await asked == f"{FAVRSKOV} False {case}"
        await serving
        with pytest.raises(VaultDown):
            await remote.subject(case, FAVRSKOV)
    assert await vault.enrol(uuid4(), FAVRSKOV)


async def test_a_door_that_was_never_served_lets_go_of_its_port(
    vault: Vault, worker: Credentials
) -> None:
    """Where the service does not come up after all, nobody else finds the port taken."""
    door = VaultDoor.open(vault, "127.0.0.1", 0, worker)
    with pytest.raises(DoorRefused):
        VaultDoor.open(vault, "127.0.0.1", door.port, worker)
    port = door.port
    # With Nagle's algorithm every answer, headers first, would wait for a delayed acknowledgement.
    assert door.held.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    door.close()
    VaultDoor.open(vault, "127.0.0.1", port, worker).close()
