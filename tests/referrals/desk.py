"""A desk: the handler with a real vault and a store, as the service puts them together.

People of any unit ask here; what a unit may read is read here as well.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from pydantic import JsonValue, TypeAdapter

from services.referrals.domain.referral import decider
from services.referrals.domain.referral.access import guarded_by
from services.referrals.domain.referral.commands import DraftReferral, ReferralCommand
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.domain.referral.state import Begun, Referral
from services.referrals.wiring import UPCASTS
from shared.eventstore.codec import Codec, enclosed
from shared.eventstore.handling import Handled, Handler
from shared.eventstore.port import EventStore
from shared.eventstore.sealing import VaultSealing
from shared.kernel.asking import Asked
from shared.kernel.clock import StandingClock
from shared.kernel.ids import ActorId, SubjectId, UnitId, derived
from shared.kernel.personal import ERASED, Erased, Personal
from shared.kernel.recorded import Recorded
from shared.rulebook.content import Rulebook
from shared.rulebook.slices import Rules
from shared.vault.provider import FileKeys
from shared.vault.routing import RoutingKey
from shared.vault.vault import Vault
from tests.referrals import asking, keeping, log
from tests.referrals import people as who
from tests.referrals.ways import BANDEEXIT, Way

Answer = Handled[Referral, ReferralEvent]
Read = dict[str, JsonValue | Erased]


@dataclass(frozen=True)
class Request:
    """How something is asked: the same *key* is the same request, a new one where there is none.

    ``body`` stands for what the request says, ``saw`` for the versions it is based on.
    """

    key: str | None = None
    body: str = "as asked"
    actor: ActorId | None = None
    office: str = ""
    saw: frozenset[int] | None = None


ANEW = Request()


@dataclass(frozen=True)
class Desk:
    """Store, vault and handler of one service; ``folder`` holds what they leave on disk."""

    folder: Path
    store: EventStore
    vault: Vault
    codec: Codec[ReferralEvent]
    handler: Handler[ReferralCommand, Referral, ReferralEvent, Rules]

    async def enrol(self, way: Way, known_as: SubjectId | None = None) -> UUID:
        """Bind a new case to a person, and give the case."""
        case, authority = uuid4(), who.AUTHORITY_OF[way.sender]
        await self.vault.enrol(case, authority, known_as=known_as, apart=way is BANDEEXIT)
        return case

    async def ask(self, case: UUID, command: ReferralCommand, how: Request = ANEW) -> Answer:
        """Ask as the unit of the command."""
        unit = command.unit
        command_id = derived(case, unit, how.key or str(uuid4()))
        asked = Asked(command_id, how.body, str(command_id), str(command_id), "00-trace", how.saw)
        acting = keeping.acting(command, how.actor, how.office)
        return await self.handler.handle(f"referral-{case}", command, acting, asked)

    async def begin(
        self, way: Way, *commands: ReferralCommand, known_as: SubjectId | None = None
    ) -> UUID:
        """Draft a referral, ask one thing after the other, and give its case."""
        case = await self.enrol(way, known_as)
        for command in (asking.draft(way), *commands):
            await self.ask(case, command)
        return case

    async def facts(self, case: UUID) -> Sequence[Recorded[ReferralEvent]]:
        """Give what has happened, shut."""
        return await self.handler.facts(f"referral-{case}")

    async def read(self, case: UUID, unit: UnitId) -> Read:
        """Give everything personal in a referral as the authority of a unit may open it.

        By version of the fact and path of the field.
        """
        facts = await self.facts(case)
        opened = await self.handler.sealing.open(facts, who.AUTHORITY_OF[unit])
        return {
            f"{fact.version} {path}": value.value if value.is_clear else ERASED
            for fact, event in zip(facts, opened, strict=True)
            for path, value in enclosed(event)
            if isinstance(value, Personal)
        }

    async def stored_bytes(self) -> bytes:
        """Give every byte that the store gives out: names, types, metadata and data."""
        facts = await self.store.read_all()
        return b"".join(
            part
            for fact in facts
            for part in (fact.stream.encode(), fact.type.encode(), fact.metadata, fact.data)
        )

    def bytes_on_disk(self, named: str = "*") -> bytes:
        """Give every byte of the files *named*: store, vault and their write-ahead logs."""
        files = sorted(path for path in self.folder.rglob(named) if path.is_file())
        return b"".join(path.read_bytes() for path in files)


@asynccontextmanager
async def desk(folder: Path, store: EventStore, rulebook: Rulebook) -> AsyncIterator[Desk]:
    """Open a desk over *store*."""

    def rules(command: ReferralCommand, referral: Referral) -> Rules:
        begun = referral.programme if isinstance(referral, Begun) else ""
        programme = command.programme if isinstance(command, DraftReferral) else begun
        found = rulebook.rules(programme, command.at)
        assert found is not None
        return found

    keys = FileKeys(folder / "key")
    routing = RoutingKey(keys.derive("routing"))
    codec: Codec[ReferralEvent] = Codec(TypeAdapter(ReferralEvent), routing, UPCASTS)
    vault = Vault.open(folder / "vault.db", keys)
    handler = Handler(
        decider=decider,
        store=store,
        codec=codec,
        clock=StandingClock(who.FRIDAY_1540 + log.STEP),
        rules=rules,
        guard=guarded_by(rules),
        sealing=VaultSealing(codec, vault, routing, keys.derive("actor")),
    )
    yield Desk(folder, store, vault, codec, handler)
    await vault.close()
