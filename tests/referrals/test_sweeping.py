"""Keys that were given for facts that never came do not stay."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from services.referrals.app import create_app
from services.referrals.settings import Settings
from services.referrals.sweeping import Sweeping
from shared.eventstore.port import NO_STREAM, NewEvent, StoreDown
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import SystemClock
from shared.kernel.personal import ERASED
from shared.kernel.refusals import KeyReused, NotPossible
from shared.rulebook.content import Rulebook
from shared.testing.nats import nats_server
from shared.testing.serving import serving
from shared.vault.problems import UnknownCase
from shared.vault.provider import FileKeys
from shared.vault.sealing import Token
from shared.vault.vault import Vault
from tests.referrals import asking
from tests.referrals.desk import Request, desk
from tests.referrals.overtaken import Overtaken
from tests.referrals.ways import INFOHUS
from tests.vault.filing import CANARY, FAVRSKOV, POLICE, read, sealed, shared_with

DEADLINE = 30.0
FOLLOWS = {"referrals": (("councils", "views"),)}


@dataclass(frozen=True)
class Referrals:
    """The vault and the store of the service, and what sweeps them."""

    vault: Vault
    store: SqliteStore

    async def sweep(self) -> int:
        """Sweep once."""
        return await Sweeping(self.vault, self.store, every=3600.0).sweep()

    async def shared(self, case: UUID) -> str:
        """Let Favrskov have sealed something in *case* that the police may read."""
        token = await sealed(self.vault, await self.vault.subject(case, FAVRSKOV))
        await shared_with(self.vault, token, case, POLICE)
        return token

    async def happens(self, case: UUID, event: UUID) -> None:
        """Let an event of a referral have been stored."""
        there = await self.store.read_stream(f"referral-{case}")
        new = NewEvent(event, "referral.drafted.v1", {}, b"{}")
        await self.store.append(f"referral-{case}", len(there) + NO_STREAM, [new])

    async def knows(self, case: UUID) -> bool:
        """Say whether the vault knows whom a case is about."""
        with suppress(UnknownCase):
            return bool(await self.vault.subject(case, FAVRSKOV))
        return False


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Referrals]:
    """Give an empty vault beside an empty store."""
    vault = Vault.open(tmp_path / "vault.db", FileKeys(tmp_path / "key"))
    store = SqliteStore.open(tmp_path / "events.db", SystemClock())
    yield Referrals(vault, store)
    await store.close()
    await vault.close()


async def test_a_wrap_goes_where_its_event_never_came(here: Referrals) -> None:
    """After two sweeps nobody can read what was never stored; what was stays readable."""
    case = uuid4()
    await here.vault.enrol(case, FAVRSKOV)
    kept, lost = await here.shared(case), await here.shared(case)
    await here.happens(case, Token.read(kept).event)
    assert await here.sweep() == 0
    assert [await read(here.vault, each, POLICE) for each in (kept, lost)] == [CANARY, CANARY]
    assert await here.sweep() == 1
    assert [await read(here.vault, each, POLICE) for each in (kept, lost)] == [CANARY, ERASED]
    assert await here.sweep() == 0


async def test_a_fact_of_another_case_is_no_cause(here: Referrals) -> None:
    """A wrap stands by a fact of its own case: that one of this id is elsewhere does not count."""
    case, other = uuid4(), uuid4()
    for each in (case, other):
        await here.vault.enrol(each, FAVRSKOV)
    token = await here.shared(case)
    await here.happens(other, Token.read(token).event)
    await here.happens(case, uuid4())
    await here.sweep()
    assert await here.sweep() == 1
    assert await read(here.vault, token, POLICE) == ERASED


async def test_a_let_in_refused_at_the_last_moment_leaves_no_key(
    tmp_path: Path, rulebook: Rulebook
) -> None:
    """Who lost a race after sealing opens nothing that was there before; who was let in does."""
    store = SqliteStore.open(tmp_path / "events.db", SystemClock())
    overtaken = Overtaken(store)
    async with desk(tmp_path, overtaken, rulebook) as at:
        received = (asking.send(INFOHUS), asking.deliver(INFOHUS), asking.receive(INFOHUS))
        let_in = asking.let_in(INFOHUS)
        both = [await at.begin(INFOHUS, *received, asking.check(INFOHUS)) for _ in range(2)]
        await at.ask(both[0], let_in)
        overtaken.first = partial(at.ask, both[1], asking.withdraw(INFOHUS))
        with pytest.raises(NotPossible):
            await at.ask(both[1], let_in)
        for removed in (0, 1):
            assert (await Sweeping(at.vault, store, every=3600.0).sweep() > 0) == bool(removed)
        for case, is_in in zip(both, (True, False), strict=True):
            read_now = await at.read(case, INFOHUS.further)
            assert (read_now["1 necessity"] == asking.NECESSITY) is is_in
            assert (set(read_now.values()) == {ERASED}) is not is_in
    await store.close()


async def test_a_key_used_for_two_requests_at_once_lets_nobody_in(
    tmp_path: Path, rulebook: Rulebook
) -> None:
    """A let-in that came second under another request's key is refused and leaves no key either."""
    store = SqliteStore.open(tmp_path / "events.db", SystemClock())
    overtaken = Overtaken(store)
    async with desk(tmp_path, overtaken, rulebook) as at:
        received = (asking.send(INFOHUS), asking.deliver(INFOHUS), asking.receive(INFOHUS))
        case = await at.begin(INFOHUS, *received, asking.check(INFOHUS))
        overtaken.first = partial(at.ask, case, asking.write(INFOHUS), Request("k", "one"))
        with pytest.raises(KeyReused):
            await at.ask(case, asking.let_in(INFOHUS), Request("k", "another"))
        for _ in range(2):
            await Sweeping(at.vault, store, every=3600.0).sweep()
        assert set((await at.read(case, INFOHUS.further)).values()) == {ERASED}
    await store.close()


async def test_a_case_under_way_is_not_taken(here: Referrals) -> None:
    """A case that is only about to begin is doubted at most; one that never begins goes."""
    begun, never = uuid4(), uuid4()
    for case in (begun, never):
        await here.vault.enrol(case, FAVRSKOV)
    assert await here.sweep() == 0
    assert await here.knows(begun)
    await here.happens(begun, uuid4())
    assert await here.sweep() == 1
    assert (await here.knows(begun), await here.knows(never)) == (True, False)


async def test_a_request_sent_again_between_two_sweeps_keeps_its_keys(here: Referrals) -> None:
    """Who repeats a request whose keys were doubted has as long as who asks for the first time."""
    case = uuid4()
    await here.vault.enrol(case, FAVRSKOV)
    token = await here.shared(case)
    await here.sweep()
    await here.vault.enrol(case, FAVRSKOV)
    await shared_with(here.vault, token, case, POLICE)
    assert await here.sweep() == 0
    await here.happens(case, Token.read(token).event)
    assert await here.sweep() == 0
    assert await read(here.vault, token, POLICE) == CANARY


async def test_the_sweeping_goes_on_when_the_store_does_not_answer(here: Referrals) -> None:
    """A store that is away takes nothing with it: no key goes, and the sweeping lives on."""
    case = uuid4()
    await here.vault.enrol(case, FAVRSKOV)
    await here.store.close()
    with pytest.raises(StoreDown):
        await here.sweep()
    stopping = asyncio.Event()
    sweeping = asyncio.create_task(Sweeping(here.vault, here.store, every=0.0).run(stopping))
    for _ in range(10):
        assert await here.knows(case)
    assert not sweeping.done()
    stopping.set()
    await sweeping


async def test_the_service_sweeps_while_it_runs(tmp_path: Path) -> None:
    """Nobody has to ask for it: a case that never began is gone by itself."""
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(nats_server(tmp_path, FOLLOWS))
        to = bus.address("referrals")
        app = create_app(
            Settings(
                var=tmp_path,
                bus_url=to.url,
                bus_password=SecretStr(to.password),
                sweep_every=0.02,
            )
        )
        await stack.enter_async_context(serving(app))
        here = Referrals(app.state.wiring.vault, app.state.ground.store)
        case = uuid4()
        await here.vault.enrol(case, FAVRSKOV)
        async with asyncio.timeout(DEADLINE):
            while True:
                if not await here.knows(case):
                    break
                await asyncio.sleep(0.01)
