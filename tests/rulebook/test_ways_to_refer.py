"""Who may refer whom to whom, on which basis, and who may be let in, as the domain asks it."""

import pickle
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from shared.rulebook.content import Rulebook
from shared.rulebook.slices import Rules

AT = datetime(2026, 11, 13, 14, 40, tzinfo=UTC)
Slice = Callable[[str], Rules]
POLICE_RANDERS = "oestjyllands-politi-infohus-randers"
TOVHOLDER_ODDER = "oestjyllands-politi-psp-odder"


@pytest.fixture
def rules(rulebook: Rulebook) -> Slice:
    """The slice of a programme at the moment of the story's first step."""

    def of(programme: str) -> Rules:
        found = rulebook.rules(programme, AT)
        assert found
        return found

    return of


@pytest.mark.parametrize(
    ("programme", "sender", "addressee", "route"),
    [
        ("infohus", "favrskov-ssp", "oestjyllands-politi-infohus-randers", "kommune-til-infohus"),
        ("infohus", "favrskov-ssp", "infohus-randers", "kommune-til-infohus"),
        ("infohus", "favrskov-familieafdeling", "infohus-aarhus", "kommune-til-infohus"),
        ("infohus", "favrskov-ssp", "randers-infohus", None),
        ("infohus", "favrskov-exitkontakt", "infohus-randers", None),
        ("psp", "odder-familieafdeling", "psp-odder", "myndighed-til-psp"),
        ("psp", "region-syddanmark-psykiatri", "psp-odder", "myndighed-til-psp"),
        ("psp", "oestjyllands-politi-forebyggelse", "psp-samsoe", "myndighed-til-psp"),
        ("psp", "kriminalforsorgen-oestjylland", "psp-odder", "kriminalforsorg-til-psp"),
        ("psp", "odder-familieafdeling", "infohus-aarhus", None),
        ("psp", "odder-tilsyn", "psp-odder", None),
        ("psp", "oestjyllands-politi-psp-odder", "psp-odder", None),
        ("ukn", "oestjyllands-politi-forebyggelse", "ukn-sekretariat", "politi-til-ukn"),
        ("ukn", "retskredsene", "ukn-oestjylland", "ret-til-ukn"),
        ("ukn", "favrskov-ssp", "ukn-oestjylland", None),
        ("ukn", "favrskov-familieafdeling", "ukn-oestjylland", None),
        ("ukn", "oestjyllands-politi-infohus-randers", "ukn-oestjylland", None),
        (
            "bandeexit",
            "kriminalforsorgen-oestjylland",
            "oestjyllands-politi-exit",
            "kriminalforsorg-til-exit",
        ),
        (
            "bandeexit",
            "odder-exitkontakt",
            "oestjyllands-politi-exit",
            "kommune-til-exit",
        ),
        ("bandeexit", "odder-ssp", "oestjyllands-politi-exit", None),
        ("psp", "no-such-unit", "psp-odder", None),
        ("psp", "odder-ssp", "no-such-unit", None),
    ],
)
def test_the_routes(
    rules: Slice, programme: str, sender: str, addressee: str, route: str | None
) -> None:
    """A referral goes only where a programme has a route; only police and court open UKN cases."""
    found = rules(programme).route(sender, addressee)
    assert (found.id if found else None) == route


def test_a_receiver_outside_the_district_is_addressed_by_name(rules: Slice) -> None:
    """Only a route that says so leads out of the directory; the others end in it."""
    route = rules("infohus").route_outside("favrskov-ssp")
    assert route
    assert route.id == "uden-for-kredsen"
    assert rules("infohus").route_outside("favrskov-exitkontakt") is None
    assert rules("infohus").route_outside("no-such-unit") is None
    assert rules("bandeexit").route_outside("odder-exitkontakt") is None


def test_what_is_sent_to_a_forum_reaches_its_intake_alone(rules: Slice) -> None:
    """Addressing a committee is addressing its tovholder; a council that takes no case has none."""
    assert (unit := rules("psp").addressed_unit("psp-odder"))
    assert unit.id == "oestjyllands-politi-psp-odder"
    assert rules("psp").addressed_unit("kredsraad-oestjylland") is None


def test_a_basis_belongs_to_its_route(rules: Slice) -> None:
    """A basis of the programme that the route does not know is no basis on it."""
    psp = rules("psp")
    route = psp.route("odder-ssp", "psp-odder")
    assert route
    assert psp.basis(route, "rpl-115-1-2")
    assert psp.basis(route, "rpl-115-1-3") is None
    assert psp.purpose(route, "hjaelp-og-forebyggelse")
    assert psp.purpose(route, "efterforskning") is None


def test_the_exit_programme_asks_for_consent_or_a_reasoned_choice(rules: Slice) -> None:
    """Law §6: consent comes first; another basis only when chosen explicitly with a reason."""
    bandeexit = rules("bandeexit")
    route = bandeexit.route("kriminalforsorgen-oestjylland", "oestjyllands-politi-exit")
    assert route
    demands = {b: bandeexit.basis(route, b) for b in route.bases}
    assert {name: basis.requires for name, basis in demands.items() if basis} == {
        "samtykke": "consent",
        "rpl-115-1-1": "reason",
        "rpl-115-1-3": "reason",
    }
    assert bandeexit.consent
    assert bandeexit.consent.forms == ("written",)


def test_only_the_exit_programme_is_secret(rulebook: Rulebook) -> None:
    """That an exit case exists at all is secret (law §6)."""
    secret = {name for name, p in rulebook.programmes.items() if p.existence == "secret"}
    assert secret == {"bandeexit"}


def test_an_infohus_checks_before_it_lets_in(rules: Slice) -> None:
    """Law §5: the first police check is on record before a concern is shared any further."""
    infohus = rules("infohus")
    gate = infohus.gate_before("let_in")
    assert gate
    assert gate is infohus.gate("police_check")
    assert gate.passes("intet_til_hinder") is True
    assert gate.passes("overdraget_til_politiet") is False
    assert gate.passes("noget_andet") is None
    assert infohus.may_record(gate, "oestjyllands-politi-infohus-randers")
    assert not infohus.may_record(gate, "randers-infohus")
    assert infohus.gate_before("accept") is None
    assert rules("psp").gate_before("let_in") is None


@pytest.mark.parametrize(
    ("programme", "holder", "further", "basis"),
    [
        ("infohus", POLICE_RANDERS, "randers-infohus", "rpl-115-1-1"),
        ("infohus", POLICE_RANDERS, "favrskov-ssp", "rpl-115-1-1"),
        ("psp", TOVHOLDER_ODDER, "region-syddanmark-psykiatri", "rpl-115-1-2"),
        ("psp", TOVHOLDER_ODDER, "kriminalforsorgen-oestjylland", "rpl-115-1-2"),
        ("bandeexit", "oestjyllands-politi-exit", "odder-exitkontakt", "samtykke"),
    ],
)
def test_who_may_be_let_in(
    rules: Slice, programme: str, holder: str, further: str, basis: str
) -> None:
    """A further unit becomes a party only where the programme says so, on one of its bases."""
    found = rules(programme).let_in(holder, further, basis)
    assert found
    assert found.id == basis


@pytest.mark.parametrize(
    ("programme", "holder", "further", "basis"),
    [
        ("infohus", POLICE_RANDERS, "aarhus-infohus", "rpl-115-1-1"),
        ("infohus", POLICE_RANDERS, "randers-infohus", "another-basis"),
        ("infohus", POLICE_RANDERS, "favrskov-tilsyn", "rpl-115-1-1"),
        ("psp", TOVHOLDER_ODDER, "region-midtjylland-psykiatri", "rpl-115-1-2"),
        ("psp", TOVHOLDER_ODDER, "offerraadgivningen-oestjylland", "rpl-115-1-2"),
        ("psp", TOVHOLDER_ODDER, TOVHOLDER_ODDER, "rpl-115-1-2"),
        ("psp", TOVHOLDER_ODDER, "no-such-unit", "rpl-115-1-2"),
        ("bandeexit", "oestjyllands-politi-exit", "odder-ssp", "samtykke"),
        ("ukn", "ukn-sekretariat", "odder-familieafdeling", "ukn-lov-11"),
    ],
)
def test_nobody_else_may_be_let_in(
    rules: Slice, programme: str, holder: str, further: str, basis: str
) -> None:
    """Another committee's region, an outsider, the holder itself: none of them by this act."""
    assert rules(programme).let_in(holder, further, basis) is None


@pytest.mark.parametrize(
    ("municipality", "addressee", "choice"),
    [
        ("favrskov-kommune", "infohus-randers", "needs_reason"),
        ("samsoe-kommune", "oestjyllands-politi-infohus-aarhus", "needs_reason"),
        ("aarhus-kommune", "infohus-aarhus", "covered"),
        ("aarhus-kommune", "infohus-randers", "not_covered"),
    ],
)
def test_the_choice_of_an_infohus(
    rules: Slice, municipality: str, addressee: str, choice: str
) -> None:
    """Coverage unknown: the sender picks and says why; known: the own infohus covers."""
    assert rules("infohus").choice(municipality, addressee) == choice
    assert rules("psp").choice(municipality, addressee) == "covered"


def test_whom_to_call_is_always_told(rules: Slice) -> None:
    """For what cannot wait there is 112 and 114, whichever unit it is for."""
    assert [c.phone for c in rules("psp").whom_to_call("psp-odder")] == ["112", "114"]
    assert [c.phone for c in rules("psp").whom_to_call("odder-ssp")] == ["112", "114"]


def test_declining_and_closing_are_structured(rules: Slice) -> None:
    """A reason or an outcome that the programme does not know is none."""
    bandeexit = rules("bandeexit")
    assert (reason := bandeexit.decline_reason("oensker_ikke"))
    assert reason.declined_by == "subject"
    assert bandeexit.decline_reason("fordi") is None
    assert bandeexit.outcome("gennemfoert")
    assert bandeexit.outcome("fordi") is None


def test_a_slice_is_a_plain_value(rules: Slice, rulebook: Rulebook) -> None:
    """A slice can be pickled, compared and asked for again: it is a value without a connection."""
    again = rulebook.rules("psp", AT)
    assert again == rules("psp")
    assert pickle.loads(pickle.dumps(again)) == again  # noqa: S301 - what this test itself pickled
    assert rulebook.rules("no-such-programme", AT) is None


def test_before_the_plan_there_is_nobody(rulebook: Rulebook) -> None:
    """The directory is effective-dated: in 2020 the plan of 2021 did not hold."""
    early = rulebook.rules("psp", datetime(2020, 6, 1, tzinfo=UTC))
    assert early
    assert early.unit("odder-ssp") is None
    assert early.route("odder-ssp", "psp-odder") is None
