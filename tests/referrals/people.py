"""Who takes part in the tests of referrals, and when. The units are the plan's, the people made up.

The authority of each unit is written here by hand and not asked of the rulebook.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from shared.kernel.ids import ActorId, AuthorityId, UnitId

FRIDAY_1540 = datetime(2021, 3, 5, 14, 40, tzinfo=UTC)
"""Friday 5 March 2021, 15.40 in Denmark: the offices have closed for the weekend."""
MONDAY_0800 = datetime(2021, 3, 8, 7, 0, tzinfo=UTC)
TODAY = date(2021, 3, 5)

SSP_FAVRSKOV = UnitId("favrskov-ssp")
FAMILY_FAVRSKOV = UnitId("favrskov-familieafdeling")
SSP_AARHUS = UnitId("aarhus-ssp")
FAMILY_RANDERS = UnitId("randers-familieafdeling")
MUNICIPAL_INFOHUS_RANDERS = UnitId("randers-infohus")
POLICE_INFOHUS_RANDERS = UnitId("oestjyllands-politi-infohus-randers")
SSP_ODDER = UnitId("odder-ssp")
FAMILY_ODDER = UnitId("odder-familieafdeling")
EXIT_CONTACT_ODDER = UnitId("odder-exitkontakt")
PSP_ODDER = UnitId("oestjyllands-politi-psp-odder")
PSP_RANDERS = UnitId("oestjyllands-politi-psp-randers")
PSYCHIATRY_SYDDANMARK = UnitId("region-syddanmark-psykiatri")
PSYCHIATRY_MIDTJYLLAND = UnitId("region-midtjylland-psykiatri")
PREVENTION = UnitId("oestjyllands-politi-forebyggelse")
EXIT_UNIT = UnitId("oestjyllands-politi-exit")
PROBATION = UnitId("kriminalforsorgen-oestjylland")
COURT = UnitId("retskredsene")
BOARD_SECRETARIAT = UnitId("ukn-sekretariat")

FAVRSKOV = AuthorityId("favrskov-kommune")
AARHUS = AuthorityId("aarhus-kommune")
RANDERS = AuthorityId("randers-kommune")
ODDER = AuthorityId("odder-kommune")
POLICE = AuthorityId("oestjyllands-politi")
SYDDANMARK = AuthorityId("region-syddanmark")
MIDTJYLLAND = AuthorityId("region-midtjylland")
PRISON_SERVICE = AuthorityId("kriminalforsorgen")
COURTS = AuthorityId("domstolene")
BOARD = AuthorityId("ungdomskriminalitetsnaevnet")

AUTHORITY_OF: Mapping[UnitId, AuthorityId] = {
    SSP_FAVRSKOV: FAVRSKOV,
    FAMILY_FAVRSKOV: FAVRSKOV,
    SSP_AARHUS: AARHUS,
    FAMILY_RANDERS: RANDERS,
    MUNICIPAL_INFOHUS_RANDERS: RANDERS,
    POLICE_INFOHUS_RANDERS: POLICE,
    SSP_ODDER: ODDER,
    FAMILY_ODDER: ODDER,
    EXIT_CONTACT_ODDER: ODDER,
    PSP_ODDER: POLICE,
    PSP_RANDERS: POLICE,
    PSYCHIATRY_SYDDANMARK: SYDDANMARK,
    PSYCHIATRY_MIDTJYLLAND: MIDTJYLLAND,
    PREVENTION: POLICE,
    EXIT_UNIT: POLICE,
    PROBATION: PRISON_SERVICE,
    COURT: COURTS,
    BOARD_SECRETARIAT: BOARD,
}
UNDER_THE_ENFORCEMENT_ACT = frozenset({POLICE, PRISON_SERVICE, COURTS})
"""The authorities whose regime is ``led``, the act on law enforcement authorities' data."""

SOMEBODY, A_COLLEAGUE = ActorId("5e" * 32), ActorId("c0" * 32)


def actor_of(unit: UnitId) -> ActorId:
    """Give the code of the one person who works in a unit."""
    return ActorId(unit.encode().hex().ljust(64, "0")[:64])


def leader_of(unit: UnitId) -> ActorId:
    """Give the code of who leads a unit."""
    return ActorId(actor_of(unit)[::-1])


def outsider_of(unit: UnitId) -> ActorId:
    """Give the code of somebody in a unit who works on other things."""
    return ActorId("f" + actor_of(unit)[:-1])
