"""Who may see what was read, and how little of it: over HTTP, from a real ledger."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.api.identity import actor_id
from shared.kernel.clock import SystemClock
from shared.kernel.ids import AuthorityId, UnitId
from shared.reads.reading import Kind, Outcome, Reading, Seen, Who, gathered
from shared.rulebook.content import Rulebook, load
from tests.audit.stage import Audit, audit

SHIPPED = Path(__file__).parents[2] / "rulebook"
AUDITOR, OFFICER, LEADER = "favrskov-tilsyn", "favrskov-ssp", "favrskov-familieafdeling"
DPO, OTHERS = "oestjyllands-politi-tilsyn", "randers-tilsyn"
FAVRSKOV = "favrskov-kommune"
SOME = UUID(int=7)
DOORS = ("/reads", f"/reads/of/{SOME}", f"/reads/extract?referral={SOME}")
FIELDS = ("concern", "name")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the platform comes with, loaded once."""
    return load(SHIPPED)


@pytest.fixture
async def here(tmp_path: Path, rulebook: Rulebook) -> AsyncIterator[Audit]:
    """Give the running service, with overseers of several authorities."""
    async with audit(tmp_path, rulebook) as running:
        yield running


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
        await self._note(gathered((f"referral:{case}", FIELDS) for case in cases), **told)

    async def tries(self, case: UUID) -> None:
        """Ask for a case and be told that it does not exist."""
        objects = (Seen(ids=(f"referral:{case}",)),)
        await self._note(objects, outcome=Outcome.DENIED, purpose=None)

    async def _note(self, objects: tuple[Seen, ...], **told: Any) -> None:  # noqa: ANN401 - any field
        now = SystemClock().now()
        said = {"kind": Kind.SHOW, "purpose": "handling", "door": "/made-up", "at": now, **told}
        await self.here.seen.note(Reading(who=self.who, objects=objects, **said))


async def items(here: Audit, path: str, who: str, **asked: str | int) -> list[dict[str, Any]]:
    """Give what a door lists, once all that was noted so far can be asked for."""
    await here.hear_reads()
    answer = await here.get(path, who, **asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def ids(entries: list[dict[str, Any]]) -> list[list[str]]:
    """Give the objects of each entry."""
    return [[each for group in entry["objects"] for each in group["ids"]] for entry in entries]


async def last(here: Audit) -> Reading:
    """Give what the audit itself noted last."""
    facts = await here.wiring.reads.store.read_all(0, 10_000)
    return here.wiring.reads.key.codec.decode(facts[-1]).event.reading.value


async def test_an_officer_sees_what_they_read(here: Audit) -> None:
    """One's own reads, newest first, with purpose and field names; those of others never."""
    first, second = uuid4(), uuid4()
    await Officer(here).sees(first)
    await Officer(here).sees(second, reason="Opdigtet grund.")
    await Officer(here, LEADER).sees(first)
    told = await items(here, "/reads/mine", OFFICER)
    assert ids(told) == [[f"referral:{second}"], [f"referral:{first}"]]
    assert told[0]["objects"][0]["fields"] == list(FIELDS)
    assert (told[0]["purpose"], told[0]["reason"]) == ("handling", "Opdigtet grund.")
    assert "subject" not in told[0]


async def test_a_denied_try_reads_as_one_for_nothing(here: Audit) -> None:
    """In one's own log, what is hidden and what never was are alike but for the id asked for."""
    for case in (hidden := uuid4(), never := uuid4()):
        await Officer(here).tries(case)
    nothing, denied = await items(here, "/reads/mine", OFFICER)
    apart = ("record", "at", "objects")
    assert {k: v for k, v in nothing.items() if k not in apart} == {
        k: v for k, v in denied.items() if k not in apart
    }
    assert (ids([nothing, denied])) == [[f"referral:{never}"], [f"referral:{hidden}"]]
    assert nothing["objects"][0]["fields"] == denied["objects"][0]["fields"] == []


async def test_control_finds_by_person_unit_object_and_time(here: Audit) -> None:
    """An auditor narrows what the own authority read; who it was is told by the login's name."""
    case, other = uuid4(), uuid4()
    await Officer(here).sees(case)
    await Officer(here, LEADER).sees(case, other)
    found = await items(here, "/reads", AUDITOR, object=f"referral:{other}")
    assert [entry["subject"] for entry in found] == [LEADER]
    found = await items(here, "/reads", AUDITOR, actor=Officer(here).who.actor)
    assert [entry["subject"] for entry in found] == [OFFICER]
    found = await items(here, "/reads", AUDITOR, unit=LEADER)
    assert ids(found) == [[f"referral:{case}", f"referral:{other}"]]
    moment = found[0]["at"]
    assert await items(here, "/reads", AUDITOR, unit=LEADER, to=moment) == []
    assert len(await items(here, "/reads", AUDITOR, unit=LEADER, **{"from": moment})) == 1


async def test_pages_hold_each_reading_once(here: Audit) -> None:
    """Page after page, newest first; a cursor of other filters or of another list is refused."""
    cases = [uuid4() for _ in range(5)]
    for case in cases:
        await Officer(here).sees(case)
    await here.hear_reads()
    seen, after = list[list[str]](), dict[str, str]()
    while True:
        page = (await here.get("/reads", AUDITOR, unit=OFFICER, size=2, **after)).json()
        seen += ids(page["items"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == [[f"referral:{case}"] for case in reversed(cases)]
    assert (await here.get("/reads", AUDITOR, unit=LEADER, **after)).status_code == 422
    assert (await here.get("/reads/mine", OFFICER, **after)).status_code == 422


async def test_nothing_of_another_authority_is_told(here: Audit) -> None:
    """Neither control nor the log of a case tells an authority what others have read."""
    case = uuid4()
    await Officer(here).sees(case)
    for who in (DPO, OTHERS):
        assert await items(here, f"/reads/of/{case}", who) == []
        own = await items(here, "/reads", who, object=f"referral:{case}")
        assert {(entry["kind"], entry["subject"]) for entry in own} == {("reads", who)}


async def test_the_log_of_a_case_names_no_other(here: Audit) -> None:
    """Who saw it, in a list too, or tried: of the page they saw, only this case is told."""
    case, other = uuid4(), uuid4()
    await Officer(here).sees(other, case, kind=Kind.LIST)
    await Officer(here, LEADER).tries(case)
    told = await items(here, f"/reads/of/{case}", AUDITOR)
    assert ids(told) == [[f"referral:{case}"]] * 2
    assert [entry["outcome"] for entry in told] == ["denied", "shown"]
    assert str(other) not in str(told)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("who", [OFFICER, LEADER])
async def test_nobody_else_reads_it(here: Audit, door: str, who: str) -> None:
    """A caseworker or leader of the same authority is refused, and the try is noted."""
    await Officer(here).sees(uuid4())
    await here.hear_reads()
    answer = await here.get(door, who)
    assert (answer.status_code, answer.json()["type"]) == (
        403,
        "urn:kredslob:problem:not-an-auditor",
    )
    noted = await last(here)
    assert (noted.who.subject, noted.outcome) == (who, Outcome.DENIED)


@pytest.mark.parametrize(
    ("path", "who", "purpose"),
    [
        ("/reads/mine", OFFICER, None),
        ("/reads", AUDITOR, "audit"),
        (f"/reads/of/{SOME}", AUDITOR, "audit"),
        (f"/reads/extract?referral={SOME}", DPO, "insight"),
        ("/reads", DPO, "data_protection"),
    ],
)
async def test_reading_it_is_read(here: Audit, path: str, who: str, purpose: str | None) -> None:
    """Every look at the log is in the log: who, which records, for which purpose."""
    await Officer(here).sees(uuid4())
    await here.hear_reads()
    shown = (await here.get(path, who)).json()["items"]
    noted = await last(here)
    assert (noted.kind, noted.outcome, noted.purpose) == (Kind.READS, Outcome.SHOWN, purpose)
    assert noted.who.subject == who
    assert {f"read:{each['record']}" for each in shown} <= set(noted.ids)


async def test_an_extract_names_no_staff(here: Audit) -> None:
    """Masked it tells one from the other, not who they are; what it may not be used for is said."""
    case = uuid4()
    for who in (OFFICER, LEADER, OFFICER):
        await Officer(here, who).sees(case, uuid4(), reason="Opdigtet Kollega bad om det.")
    await Officer(here).tries(case)
    told = await extract(here, case)
    staff = [line["staff"] for line in told["items"]]
    assert (staff[0], len(set(staff)), len(staff)) == (staff[2], 2, 3)
    assert [each for each in (OFFICER, "Kollega") if each in str(staff) + _reasons(told)] == []
    assert told["marking"]["da"] == "må ikke anvendes til efterforskning"
    assert told["marking"]["en"] == "not to be used for investigation"
    assert told["items"][0]["fields"] == list(FIELDS)


async def test_an_extract_can_name_staff(here: Audit) -> None:
    """Where names are asked for they are there, and the log says that they were shown."""
    case = uuid4()
    await Officer(here).sees(case, reason="Opdigtet grund.")
    told = await extract(here, case, mask="false")
    assert [(line["staff"], line["reason"]) for line in told["items"]] == [
        (OFFICER, "Opdigtet grund.")
    ]
    assert "staff" in (await last(here)).objects[-1].fields
    await extract(here, case)
    assert "staff" not in (await last(here)).objects[-1].fields


async def test_staff_has_another_mask_in_another_case(here: Audit) -> None:
    """Extracts of two cases cannot be laid side by side to see who worked on both."""
    one, other = uuid4(), uuid4()
    await Officer(here).sees(one, other)
    masks = {(await extract(here, case))["items"][0]["staff"] for case in (one, other)}
    assert len(masks) == 2


async def test_a_replay_is_read(here: Audit) -> None:
    """Replaying leaves a record, denied or not, and nothing leaves where it cannot be noted."""
    never = uuid4()
    assert (await here.ask(never, AUDITOR)).status_code == 404
    noted = await last(here)
    assert (noted.kind, noted.outcome) == (Kind.REPLAY, Outcome.DENIED)
    assert (noted.ids, noted.purpose) == ((f"referral:{never}",), "audit")
    await here.wiring.reads.store.close()
    refused = await here.ask(never, AUDITOR)
    assert (refused.status_code, refused.json()["type"]) == (
        503,
        "urn:kredslob:problem:reads-unwritable",
    )


async def test_nothing_is_ever_deleted(here: Audit) -> None:
    """For how long reads are kept is unknown under both regimes, so they are kept."""
    settings: Mapping[str, Any] = here.wiring.ground.settings.model_dump()
    assert {settings[f"reads_kept_{regime}"] for regime in ("gdpr", "led")} == {"unknown"}
    case = uuid4()
    long_ago = SystemClock().now().replace(year=2001)
    await Officer(here).sees(case, at=long_ago)
    assert len(await items(here, f"/reads/of/{case}", AUDITOR)) == 1


async def extract(here: Audit, case: UUID, **asked: str) -> dict[str, Any]:
    """Give the extract of a case."""
    await here.hear_reads()
    answer = await here.get("/reads/extract", AUDITOR, referral=str(case), **asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _reasons(told: dict[str, Any]) -> str:
    return str([line["reason"] for line in told["items"]])
