"""What the service does without anybody asking: it moves referrals on, and reads none of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from pydantic import JsonValue

from services.referrals.app import DIRECTORY, reads
from services.referrals.delivering import Delivery
from services.referrals.domain.referral.commands import ReferralCommand
from services.referrals.wiring import Wiring, codec_of
from shared.access.directory import ACTIVATED
from shared.access.rulebooks import Rulebooks
from shared.api.identity import machine_id
from shared.kernel.asking import Acting, Asked
from shared.kernel.ids import AuthorityId
from shared.kernel.personal import Erased
from shared.rulebook.content import Rulebook
from shared.serving.ground import ground
from shared.serving.keys import Keys
from shared.serving.running import running
from shared.serving.settings import ServiceSettings
from shared.vault.provider import FileKeys
from shared.vault.vault import Vault
from tests.access.door import heard
from tests.referrals import asking
from tests.referrals import people as who
from tests.referrals.ways import INFOHUS

DEADLINE = 30.0


class Watched(Vault):
    """A vault that counts what is opened."""

    times = 0

    async def opened(self, tokens: Sequence[str], reader: AuthorityId) -> list[JsonValue | Erased]:
        """Give what *reader* may read, and count."""
        self.times += 1
        return await super().opened(tokens, reader)


@asynccontextmanager
async def wired(folder: Path, vault: Vault, rulebook: Rulebook) -> AsyncIterator[Wiring]:
    """Give the wiring of the service, without a bus and without doors."""
    settings = ServiceSettings(var=folder, bus_url="nats://127.0.0.1:1")
    keys = Keys.of("referrals", settings)
    async with ground("referrals", settings, keys, *reads(keys)) as here:
        await here.views.apply("councils", [heard(1, ACTIVATED, {"content": rulebook.content})])
        wiring = Wiring(here, DIRECTORY, Rulebooks(DIRECTORY), vault, codec_of(keys), None)
        await wiring.has_rules()
        yield wiring


async def test_what_acts_by_itself_opens_no_content(tmp_path: Path, rulebook: Rulebook) -> None:
    """A referral is sent by a person, who reads it, and delivered by a policy, which does not."""
    vault = Watched.open(tmp_path / "vault.db", FileKeys(tmp_path / "key"))
    assert isinstance(vault, Watched)
    async with wired(tmp_path, vault, rulebook) as here:
        case, authority = uuid4(), who.AUTHORITY_OF[INFOHUS.sender]
        await vault.enrol(case, authority)
        actor, unit = who.actor_of(INFOHUS.sender), INFOHUS.sender
        acting, stream = Acting(actor, authority, "gdpr", unit, "caseworker"), f"referral-{case}"

        async def ask(command: ReferralCommand) -> None:
            asked = Asked(uuid4(), "as asked", str(uuid4()), str(uuid4()), "00-trace")
            await here.referrals.handle(stream, command, acting, asked)

        await ask(asking.draft(INFOHUS))
        await ask(asking.send(INFOHUS))
        by_people = vault.times
        assert by_people > 0
        policies = {"views": here.runner.run, "delivery": Delivery(here).run}
        async with running(policies), asyncio.timeout(DEADLINE):
            head = 2
            while len(await here.referrals.facts(stream)) < 3:
                await here.ground.store.wait(head)
        delivered = (await here.referrals.facts(stream))[-1]
        assert delivered.event.type == "referral.delivered.v1"
        assert delivered.actor == machine_id(here.actor_key, "delivery")
        assert vault.times == by_people
    await vault.close()
