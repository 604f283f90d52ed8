"""Why a referral answers no. Each sentence is what a person reads."""

from shared.kernel.refusals import NotAllowed, NotPossible, NotValid


class NotTheSender(NotAllowed):
    """Only the unit that sends the referral may do this.

    (da: Det kan kun den enhed, der sender henvisningen.)
    """


class NotTheAddressee(NotAllowed):
    """Only the unit that holds the referral may do this.

    (da: Det kan kun den enhed, der har henvisningen.)
    """


class NotForYourOffice(NotAllowed):
    """Your office does not do this. (da: Det hører ikke til dit hverv.)"""


class NotPossibleNow(NotPossible):
    """This move is not possible at this stage.

    (da: Det kan ikke lade sig gøre, som henvisningen står nu.)
    """


class AlreadyBegun(NotPossible):
    """There is already a referral here. (da: Der er allerede en henvisning her.)"""


class AlreadyTaken(NotPossible):
    """A colleague has already taken it. (da: En kollega har allerede taget den.)"""


class AlreadyAParty(NotPossible):
    """The unit is a party already. (da: Enheden er allerede part.)"""


class GateNotPassed(NotPossible):
    """A check that the programme demands first is not recorded as passed.

    (da: En forudsætning er ikke registreret som opfyldt.)
    """


class NotYourCheck(NotAllowed):
    """Another kind of unit makes this check.

    (da: Den forudsætning registreres af en anden slags enhed.)
    """


class ReceiverHasAccount(NotPossible):
    """The receiver answers here itself. (da: Modtageren svarer selv i systemet.)"""


class UnknownProgramme(NotValid):
    """There is no such programme in force. (da: Der er ingen sådan indsats i kraft.)"""


class UnknownUnit(NotValid):
    """There is no such unit in the district's directory.

    (da: Enheden findes ikke i kredsens fortegnelse.)
    """


class TwoReceivers(NotValid):
    """Name one receiver: a unit here, or somebody outside.

    (da: Angiv én modtager: en enhed her eller en udenfor.)
    """


class NoSuchRoute(NotValid):
    """The programme has no route from your unit to this receiver.

    (da: Indsatsen har ingen vej fra jeres enhed til den modtager.)
    """


class BasisNotOfRoute(NotValid):
    """This legal basis does not belong to the route. (da: Hjemlen hører ikke til den vej.)"""


class PurposeNotOfRoute(NotValid):
    """This purpose does not belong to the route. (da: Formålet hører ikke til den vej.)"""


class ConsentMissing(NotValid):
    """The basis is consent, and no consent towards the receiver is recorded.

    (da: Hjemlen er samtykke, og der er ikke registreret samtykke over for modtageren.)
    """


class BasisReasonMissing(NotValid):
    """This basis must be chosen explicitly, with a reason.

    (da: Den hjemmel skal vælges udtrykkeligt og med begrundelse.)
    """


class IntakeIncomplete(NotValid):
    """The programme's form is not filled in as it must be.

    (da: Indsatsens skema er ikke udfyldt, som det skal være.)
    """


class AgeNotTaken(NotValid):
    """The route does not take a person of this age.

    (da: Vejen gælder ikke for en person i den alder.)
    """


class AgeUndecided(NotValid):
    """It is not settled which date the age counts from; say how you see it.

    (da: Det er ikke afklaret, hvilken dato alderen regnes fra; skriv jeres vurdering.)
    """


class CoverageUnknown(NotValid):
    """Nobody has decided who covers your municipality; say why you chose this one.

    (da: Ingen har besluttet, hvem der dækker jeres kommune; skriv, hvorfor I valgte denne.)
    """


class NotCovered(NotValid):
    """Another one covers your municipality. (da: Jeres kommune er dækket af en anden.)"""


class UnknownGate(NotValid):
    """The programme knows no such check or result.

    (da: Indsatsen kender ikke den forudsætning eller det resultat.)
    """


class MayNotBeLetIn(NotValid):
    """The programme does not let this unit in on this basis.

    (da: Indsatsen giver ikke adgang for den enhed på den hjemmel.)
    """


class NotFromTheStart(NotValid):
    """The programme shows this unit only what is said from its joining on.

    (da: Indsatsen giver kun den enhed det, der siges, fra den kommer med.)
    """


class UnknownDeclineReason(NotValid):
    """The programme knows no such reason for declining.

    (da: Indsatsen kender ikke den afvisningsgrund.)
    """


class UnknownOutcome(NotValid):
    """The programme knows no such outcome. (da: Indsatsen kender ikke det udfald.)"""


class ConsentFormNotTaken(NotValid):
    """The programme asks for consent in another form.

    (da: Indsatsen kræver samtykke i en anden form.)
    """


class ConsentInFuture(NotValid):
    """A consent cannot be given later than today.

    (da: Et samtykke kan ikke være givet efter i dag.)
    """


class UnknownAuthority(NotValid):
    """There is no such authority in the district's directory.

    (da: Myndigheden findes ikke i kredsens fortegnelse.)
    """


class UnknownPerson(NotValid):
    """Your authority knows nobody by this id. (da: Jeres myndighed kender ingen med det id.)"""
