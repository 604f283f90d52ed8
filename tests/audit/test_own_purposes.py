"""Of a list that was read, each case is told with the purpose and basis that it was shown on."""

from typing import Any
from uuid import UUID, uuid4

from shared.reads.reading import Kind, Object
from tests.audit.readers import AUDITOR, OFFICER, Officer, extract, items
from tests.audit.stage import Audit

Told = dict[UUID, tuple[str | None, str | None]]
"""The purpose and the basis told of each case."""
SHARED, CONSENTED, GLASS = uuid4(), uuid4(), uuid4()
OWN: Told = {
    SHARED: (None, "rpl-115-1-1"),
    CONSENTED: (None, "samtykke"),
    GLASS: ("emergency", "rpl-115-1-1"),
}
"""What stands beside each case, where it is not what stands on the whole list."""
MEANT: Told = {case: (purpose or "handling", basis) for case, (purpose, basis) in OWN.items()}


def shown(own: Told) -> list[Object]:
    """Give cases as a list shows them."""
    return [
        Object(f"referral:{case}", ("stage",), purpose, basis)
        for case, (purpose, basis) in own.items()
    ]


def beside(entry: dict[str, Any]) -> Told:
    """Give what stands beside each object of an entry."""
    return {
        UUID(each.removeprefix("referral:")): (seen["purpose"], seen["basis"])
        for seen in entry["objects"]
        for each in seen["ids"]
    }


async def test_a_list_tells_each_cases_own(here: Audit) -> None:
    """Control, and who read it, see which case was behind broken glass and on what each rested."""
    await Officer(here).lists(*shown(OWN), kind=Kind.LIST)
    for path, who in (("/reads", AUDITOR), ("/reads/mine", OFFICER)):
        (entry,) = await items(here, path, who)
        assert (entry["purpose"], entry["basis"]) == ("handling", None)
        assert beside(entry) == OWN


async def test_the_log_of_a_case_tells_its_own(here: Audit) -> None:
    """Of a case in the list it says what that one was shown on, and nothing of the others."""
    await Officer(here).lists(*shown(OWN), kind=Kind.LIST)
    for case, own in OWN.items():
        (entry,) = await items(here, f"/reads/of/{case}", AUDITOR)
        assert beside(entry) == {case: own}


async def test_an_extract_tells_each_cases_own(here: Audit) -> None:
    """Each line has the purpose and the basis of its case; an emergency is called one."""
    await Officer(here).lists(*shown(OWN), kind=Kind.LIST)
    told = await extract(here, *OWN)
    found = {UUID(e["referral"]): (e["purpose"], e["basis"]) for e in told["items"]}
    assert found == MEANT


async def test_where_nothing_is_its_own_the_lists_is_told(here: Audit) -> None:
    """A case without a purpose or basis of its own was shown on those of the whole list."""
    await Officer(here).lists(*shown({SHARED: (None, None)}), kind=Kind.LIST, basis="rpl-115-1-2")
    (line,) = (await extract(here, SHARED))["items"]
    assert (line["purpose"], line["basis"]) == ("handling", "rpl-115-1-2")
