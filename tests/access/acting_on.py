"""Every request for a change, put to the product's own guard and decision by one person.

The state is folded from the facts that the lines of the matrix are made of, and there is something
to aim at: a glass that a colleague broke, something that a colleague wants to leave § 115, a try.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast, get_args
from uuid import UUID

from services.referrals.doing import BY_ITSELF, DOES
from services.referrals.domain.referral import commands as ask
from services.referrals.domain.referral import decider
from services.referrals.domain.referral.events import ReferralEvent, Urgency
from services.referrals.domain.referral.state import Referral
from services.referrals.domain.safeguards import commands as guarding
from services.referrals.domain.safeguards import events as guarded
from services.referrals.domain.sharing import commands as sharing
from services.referrals.wiring import Wiring
from shared.kernel.asking import Asked
from shared.kernel.ids import ActorId, AuthorityId, BasisId, UnitId
from shared.kernel.recorded import Recorded
from shared.kernel.refusals import NotValid, Refusal
from shared.rulebook.content import Rulebook
from tests.access import everybody as every
from tests.access import told
from tests.access.everybody import NO_PARTY, NOW, Place, Situation, Where
from tests.access.onlookers import Person, Standing, caller, facts_about, standing

SOMEBODY: Final = ActorId("c" * 64)
TEXT: Final = "Derfor."
NOTHING: Final = told.CONSENT
BEGINS: Final = ask.DraftReferral
"""Asks for a new referral, and so for nothing of one that there is."""
SAYS: Final[Mapping[type[ask.ReferralCommand], Mapping[str, Any]]] = {
    ask.EditDraft: {"urgency": Urgency.HURTIG, "intake": {}},
    ask.RecordConsent: {
        "scope": TEXT,
        "receivers": (AuthorityId("odder-kommune"),),
        "form": "written",
        "given_on": NOW.date(),
    },
    ask.SendReferral: {"basis": BasisId("x"), "purpose": "x", "necessity": TEXT},
    ask.ReceiveReferral: {},
    ask.ClaimReferral: {},
    ask.AssignReferral: {"person": SOMEBODY},
    ask.AcceptReferral: {},
    ask.DeclineReferral: {"reason": "x"},
    ask.ReturnReferral: {"question": TEXT},
    ask.ResendReferral: {"answer": TEXT},
    ask.WithdrawReferral: {"reason": TEXT},
    ask.CloseReferral: {"outcome": "x"},
    ask.ReopenReferral: {"reason": TEXT},
    ask.EnterInError: {"reason": TEXT},
    ask.LetIn: {"party": UnitId("odder-ssp"), "basis": BasisId("x"), "reason": TEXT},
    sharing.WithdrawConsent: {"consent": told.CONSENT, "withdrawn_on": NOW.date()},
    sharing.LeaveReferral: {"reason": TEXT},
    ask.RecordGate: {"gate": "x", "result": "x"},
    ask.WriteMessage: {"text": TEXT},
    ask.SetCaseNumber: {"number": "1"},
    ask.RecordCall: {"whom": TEXT, "called_at": NOW},
    ask.RecordDispatch: {"how": "letter", "sent_at": NOW},
    ask.RecordReceipt: {"receipt": TEXT, "received_at": NOW},
    guarding.NameStaff: {"person": SOMEBODY},
    guarding.ExcludeStaff: {"person": SOMEBODY, "reason": TEXT},
    guarding.ReadmitStaff: {"person": SOMEBODY, "reason": TEXT},
    guarding.SeeToTry: {"noticed": guarded.TryNoticed},
    guarding.ProtectAddress: {"kind": "name_and_address", "since": NOW.date()},
    guarding.EndProtection: {"reason": TEXT},
    guarding.AskLeaving: {
        "basis": BasisId("underretning-om-barn"),
        "receiver": TEXT,
        "what": TEXT,
        "reason": TEXT,
        "life_at_stake": False,
    },
    guarding.SetTask: {"office": "leader", "what": TEXT, "due": NOW + timedelta(days=1)},
    guarding.FinishTask: {"task": guarded.TaskSet},
    guarding.BreakGlass: {"office": "", "reason": TEXT},
    guarding.ReviewGlass: {"glass": guarded.GlassBroken, "justified": True},
    guarding.ApproveLeaving: {"leaving": guarded.LeavingAsked},
    guarding.RefuseLeaving: {"leaving": guarded.LeavingAsked, "reason": TEXT},
}
"""Every request, and what it says; in place of an id the kind of fact that it is aimed at."""
COMMANDS: Final = frozenset(get_args(ask.ReferralCommand)) - BY_ITSELF - {BEGINS}
ACTS: Final = {
    "change": "change",
    "break_glass": "break_glass",
    "review_glass": "review",
    "approve_leaving": "approve",
}
"""The law's doors, and the actions that the platform asks the policies about there."""


def endpoint_of(command: type[ask.ReferralCommand]) -> str:
    """Give the law's door at which a request is made."""
    action = DOES.get(command, "change")
    return next(door for door, asked in ACTS.items() if asked == action)


class Scene(NamedTuple):
    """What is true of a referral for who asks, and the facts that can be aimed at."""

    state: Referral
    newest: Mapping[type[ReferralEvent], UUID]


@cache
def scene(place: Place, situation: Situation, stands: Standing) -> Scene:
    """Give a referral as somebody finds it."""
    before = every.facts_of(place, situation)
    facts = (*before, *_aims(place, situation), *facts_about(place, situation, stands))
    return Scene(decider.fold(facts), {type(fact.event): fact.id for fact in facts})


def _aims(place: Place, situation: Situation) -> Iterator[Recorded[ReferralEvent]]:
    """Give what a colleague did that somebody else has to judge, and a try; of a draft that alone.

    Where a stranger asks, it is the holder's people who did.
    """
    units = every.units_of(place)
    unit = units["holder" if place.role == NO_PARTY else place.role]
    *_, last = every.facts_of(place, situation)
    aims: list[ReferralEvent] = [told.tried(unit, every.REFERRAL)]
    if situation.stage != "draft":
        aims += [told.glass(unit, "leader"), told.leaving(unit)]
    for number, event in enumerate(aims, 10):
        yield every.recorded(unit, event, Where(last.stream, last.version + number, 0))


class _Rulebooks:
    """The rules in force, at any moment."""

    def at(self, _moment: datetime) -> Rulebook:
        """Give them."""
        return every.rulebook()


NONE: Any = None
GROUND: Any = SimpleNamespace(keys=SimpleNamespace(derive=lambda purpose: purpose.encode()))
WIRING: Final = Wiring(GROUND, NONE, cast("Any", _Rulebooks()), NONE, NONE, NONE)
ASKED: Final = Asked(every.REFERRAL, "", "", "", "")


def may(
    place: Place, situation: Situation, person: Person, command: type[ask.ReferralCommand]
) -> bool:
    """Tell whether the product lets somebody do this: guard and decision say no to nobody.

    What is asked wrongly (no such gate, an answer missing) was let by.
    """
    there = scene(place, situation, standing(person))
    by = caller(place, person.office)
    asked: Any = _made(place, there, person.office, command)
    try:
        WIRING.guard(by.acting, ASKED, asked, there.state)
        decider.decide(asked, there.state, WIRING.rules(asked, there.state))
    except NotValid:
        return True
    except Refusal:
        return False
    return True


def _made(
    place: Place, there: Scene, office: str, command: type[ask.ReferralCommand]
) -> ask.ReferralCommand:
    said = {
        name: there.newest.get(value, NOTHING) if isinstance(value, type) else value
        for name, value in SAYS[command].items()
    }
    if command is guarding.BreakGlass:
        said["office"] = office
    made: ask.ReferralCommand = cast("Any", command)(
        unit=caller(place, office).unit, at=NOW, **said
    )
    return made
