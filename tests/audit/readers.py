"""Officers whose looks are noted, and what the doors of the audit tell of them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.api.identity import actor_id
from shared.kernel.clock import SystemClock
from shared.kernel.ids import AuthorityId, UnitId
from shared.reads.reading import Kind, Object, Outcome, Reading, Seen, Who, gathered
from tests.audit.stage import Audit
from tests.reads.noted import noted

AUDITOR, OFFICER, LEADER = "favrskov-tilsyn", "favrskov-ssp", "favrskov-familieafdeling"
DPO = "oestjyllands-politi-tilsyn"
FAVRSKOV = "favrskov-kommune"
FIELDS = ("concern", "name")
Asked = str | int | bool | list[str]
"""What is asked for in a query."""


@dataclass(frozen=True)
class Officer:
    """Somebody who reads at the desk."""

    here: Audit
    subject: str = OFFICER
    authority: str = FAVRSKOV

    @property
    def who(self) -> Who:
        """As the log knows them."""
        key, issuer = self.here.wiring.actor_key, self.here.issuer.address
        return Who(
            actor=actor_id(key, issuer, self.subject),
            issuer=issuer,
            subject=self.subject,
            unit=UnitId(self.subject),
            authority=AuthorityId(self.authority),
            regime="gdpr",
            office="caseworker",
        )

    async def sees(self, *cases: UUID, **told: Any) -> None:  # noqa: ANN401 - any field
        """Look at these cases at once."""
        await self.lists(*(Object(f"referral:{case}", FIELDS) for case in cases), **told)

    async def lists(self, *objects: Object, **told: Any) -> None:  # noqa: ANN401 - any field
        """Look at a list in which each has fields, a purpose and a basis of its own."""
        await self._note(gathered(objects), **told)

    async def tries(self, case: UUID) -> None:
        """Ask for a case and be told that it does not exist."""
        objects = (Seen(ids=(f"referral:{case}",)),)
        await self._note(objects, outcome=Outcome.DENIED, purpose=None)

    async def _note(self, objects: tuple[Seen, ...], **told: Any) -> None:  # noqa: ANN401 - any field
        now = SystemClock().now()
        said = {"kind": Kind.SHOW, "purpose": "handling", "door": "/made-up", "at": now, **told}
        await self.here.seen.note(Reading(who=self.who, objects=objects, **said))


async def told(here: Audit, path: str, who: str, **asked: Asked) -> dict[str, Any]:
    """Give what a door answers, once all that was noted so far can be asked for."""
    await here.hear_reads()
    answer = await here.get(path, who, **asked)
    assert answer.status_code == 200, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def items(here: Audit, path: str, who: str, **asked: Asked) -> list[dict[str, Any]]:
    """Give what a door lists, once all that was noted so far can be asked for."""
    return list((await told(here, path, who, **asked))["items"])


async def extract(here: Audit, *cases: UUID, who: str = AUDITOR, **asked: Asked) -> dict[str, Any]:
    """Give the extract of cases, in the order in which they are asked for."""
    asked_for = [str(case) for case in cases]
    return await told(here, "/reads/extract", who, referral=asked_for, **asked)


def ids(entries: list[dict[str, Any]]) -> list[list[str]]:
    """Give the objects of each entry."""
    return [[each for group in entry["objects"] for each in group["ids"]] for entry in entries]


async def last(here: Audit) -> Reading:
    """Give what the audit itself noted last."""
    return (await noted(here.wiring.reads))[-1]
