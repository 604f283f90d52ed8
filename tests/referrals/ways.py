"""The four ways by which the tests refer: who to whom, on what basis, with which form filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from shared.kernel.ids import BasisId, ProgrammeId, RouteId, UnitId
from tests.referrals import people as who


@dataclass(frozen=True)
class Way:
    """One lawful way: everything that a referral needs in order to go."""

    programme: ProgrammeId
    sender: UnitId
    addressee: str
    """What the sender writes: a forum, or a unit."""
    taker: UnitId
    """The unit that it reaches."""
    has_account: bool
    route: RouteId
    basis: BasisId
    purpose: str
    answers: Mapping[str, JsonValue]
    categories: tuple[str, ...]
    """The kinds of data in the answers; where the form is closed as one, all that it asks for."""
    reason: str
    """A reason for declining, on the side of the agency that declines."""
    outcome: str
    further: UnitId
    """A unit that the holder may let in, on the basis of the way."""


INFOHUS = Way(
    programme=ProgrammeId("infohus"),
    sender=who.SSP_FAVRSKOV,
    addressee="infohus-randers",
    taker=who.POLICE_INFOHUS_RANDERS,
    has_account=True,
    route=RouteId("kommune-til-infohus"),
    basis=BasisId("rpl-115-1-1"),
    purpose="forebygge-radikalisering",
    answers={
        "name": "Opdigtet Testesen",
        "birth_date": "2006-01-15",
        "concern": "Ser voldelige film og taler om dem.",
    },
    categories=("free_text", "identity"),
    reason="andet_infohus",
    outcome="samtale",
    further=who.MUNICIPAL_INFOHUS_RANDERS,
)
PSP = Way(
    programme=ProgrammeId("psp"),
    sender=who.SSP_ODDER,
    addressee="psp-odder",
    taker=who.PSP_ODDER,
    has_account=True,
    route=RouteId("myndighed-til-psp"),
    basis=BasisId("rpl-115-1-2"),
    purpose="hjaelp-og-forebyggelse",
    answers={
        "name": "Opdigtet Odderby",
        "criteria": ["usynlig", "flere_samtidige_problemer"],
        "concern": "Kommer ikke længere til aftaler.",
        "health": "I behandling, som er afbrudt.",
    },
    categories=("free_text", "health", "identity", "social"),
    reason="kan_loeses_alene",
    outcome="ansvarlig_myndighed_aftalt",
    further=who.PSYCHIATRY_SYDDANMARK,
)
UKN = Way(
    programme=ProgrammeId("ukn"),
    sender=who.PREVENTION,
    addressee="ukn-oestjylland",
    taker=who.BOARD_SECRETARIAT,
    has_account=False,
    route=RouteId("politi-til-ukn"),
    basis=BasisId("ukn-lov-11"),
    purpose="maalrettet-indsats",
    answers={
        "name": "Opdigtet Tolvårig",
        "birth_date": "2008-06-01",
        "act_date": "2021-02-20",
        "category": "personfarlig",
        "statute": "straffeloven",
        "facts": "Slag mod en jævnaldrende.",
    },
    categories=("crime", "free_text", "identity"),
    reason="uden_for_loven",
    outcome="straksreaktion",
    further=who.FAMILY_ODDER,
)
BANDEEXIT = Way(
    programme=ProgrammeId("bandeexit"),
    sender=who.PROBATION,
    addressee=who.EXIT_UNIT,
    taker=who.EXIT_UNIT,
    has_account=True,
    route=RouteId("kriminalforsorg-til-exit"),
    basis=BasisId("samtykke"),
    purpose="ud-af-banden",
    answers={
        "name": "Opdigtet Kandidat",
        "birth_date": "1995-04-02",
        "motivation": "Er blevet far.",
        "need_for_support": "Trues af de tidligere venner.",
    },
    categories=("assessment", "contact", "crime", "free_text", "identity", "social"),
    reason="ingen_kapacitet",
    outcome="gennemfoert",
    further=who.EXIT_CONTACT_ODDER,
)
WAYS = (INFOHUS, PSP, UKN, BANDEEXIT)
ANSWERED_HERE = tuple(way for way in WAYS if way.has_account)
OPEN_WAYS = (INFOHUS, PSP, UKN)
