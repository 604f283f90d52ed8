"""Why something that guards a referral answers no. Each sentence is what a person reads."""

from shared.kernel.refusals import NotAllowed, NotPossible, NotValid


class NotOnTheCase(NotAllowed):
    """Only the colleagues that your unit has named work on this.

    (da: Kun de kolleger, som jeres enhed har udpeget, arbejder med den.)
    """


class NotForYouToSay(NotAllowed):
    """Who works on it is for the leader or coordinator of the unit to say.

    (da: Hvem der arbejder med den, afgør enhedens leder eller tovholder.)
    """


class NotYourself(NotAllowed):
    """Nobody keeps themselves out or lets themselves back in.

    (da: Ingen udelukker sig selv eller ophæver sin egen udelukkelse.)
    """


class IsExcluded(NotPossible):
    """The colleague is kept out of it. (da: Kollegaen er udelukket fra den.)"""


class NotExcluded(NotPossible):
    """The colleague is not kept out of it. (da: Kollegaen er ikke udelukket fra den.)"""


class IsNamed(NotPossible):
    """The colleague works on it already. (da: Kollegaen arbejder allerede med den.)"""


class AlreadyOnTheCase(NotPossible):
    """You may see it as it is. (da: Du har adgang til den i forvejen.)"""


class GlassNotForOffice(NotAllowed):
    """The programme gives your office no access in an emergency.

    (da: Indsatsen giver ikke jeres hverv nødadgang.)
    """


class GlassTooLong(NotValid):
    """The programme gives access in an emergency for fewer hours.

    (da: Indsatsen giver nødadgang i færre timer.)
    """


class UnknownGlass(NotValid):
    """No such access was taken here. (da: Der er ikke taget en sådan nødadgang her.)"""


class AlreadyReviewed(NotPossible):
    """It was reviewed already. (da: Den er allerede efterprøvet.)"""


class NotYourReview(NotAllowed):
    """Another person judges it: the data protection officer, or who leads the unit.

    (da: Det efterprøves af en anden: databeskyttelsesrådgiveren eller den, der leder enheden.)
    """


class NotYoursToSeeTo(NotAllowed):
    """Who has the case sees to it, who leads the unit, or the data protection officer.

    (da: Det ser den efter, der har sagen eller leder enheden, eller databeskyttelsesrådgiveren.)
    """


class UnknownTry(NotValid):
    """No such try was noticed here. (da: Der er ikke bemærket et sådant forsøg her.)"""


class ThreatNotByPolice(NotAllowed):
    """Only the police say that there is a threat, and when it is over.

    (da: Kun politiet angiver, at der er en trussel, og hvornår den er ovre.)
    """


class ProtectedInFuture(NotValid):
    """A protection cannot begin later than today.

    (da: En beskyttelse kan ikke begynde efter i dag.)
    """


class NotProtected(NotPossible):
    """The address is not protected. (da: Adressen er ikke beskyttet.)"""


class NotUnderSection115(NotPossible):
    """This is not shared on section 115, so nothing leaves it.

    (da: Der deles ikke efter § 115, så intet kan afgives derfra.)
    """


class NoBasisToLeave(NotValid):
    """On this basis nothing leaves section 115.

    (da: På det grundlag afgives intet uden for § 115.)
    """


class UnknownLeaving(NotValid):
    """Nothing of the kind was asked for here. (da: Det er der ikke bedt om her.)"""


class AlreadyAnswered(NotPossible):
    """It was answered already. (da: Der er allerede svaret.)"""


class NotASecondPerson(NotAllowed):
    """Another person than who asked answers it. (da: Det besvares af en anden end den, der bad.)"""


class NotAnApprover(NotAllowed):
    """The programme has another office answer it. (da: Det besvares af et andet hverv.)"""


class UnknownOffice(NotValid):
    """There is no such office in your unit. (da: Det hverv findes ikke i jeres enhed.)"""


class DueInPast(NotValid):
    """What is to be done cannot be due already. (da: Fristen kan ikke være overskredet.)"""


class UnknownTask(NotValid):
    """Your unit has no such task here. (da: Jeres enhed har ingen sådan opgave her.)"""


class AlreadyDone(NotPossible):
    """It was done already. (da: Den er allerede udført.)"""
