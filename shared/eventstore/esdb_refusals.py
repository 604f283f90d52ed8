"""Why a service does not start on an EventStoreDB: what is wrong, and how to mend it.

Connection strings hold passwords, so what these say was found never repeats one.
"""

from shared.kernel.starting import CannotStart


class WrongConnectionString(CannotStart):
    """The connection string is none; write esdb://USER:PASSWORD@HOST:2113?tlsCaFile=FILE.

    (da: Forbindelsesstrengen er ugyldig; skriv esdb://BRUGER:KODE@VÆRT:2113?tlsCaFile=FIL.)
    """


class CertificateUnreadable(CannotStart):
    """A certificate or key file cannot be read; give its path and let this user read it.

    (da: En certifikat- eller nøglefil kan ikke læses; ret stien, og giv brugeren læseadgang.)
    """


class NoCertificate(CannotStart):
    """A certificate or key file holds none; it must be PEM, as the operator of the store gave it.

    (da: En certifikat- eller nøglefil er ingen; den skal være PEM, som databasens drift gav den.)
    """


class CertificateNotTrusted(CannotStart):
    """The store does not prove who it is; name the authority of its certificate in tlsCaFile.

    (da: Hændelseslageret kan ikke bevise, hvem det er; angiv dets udsteder i tlsCaFile.)
    """


class EngineTooOld(CannotStart):
    """The engine may skip facts; upgrade to EventStoreDB 24.10.5 or KurrentDB 25.0.1 or later.

    (da: Databasen kan springe fakta over; opgradér til EventStoreDB 24.10.5, KurrentDB 25.0.1.)
    """


class EngineSilent(CannotStart):
    """The engine does not answer; see that it runs and can be reached from here.

    (da: Databasen svarer ikke; se efter, at den kører og kan nås herfra.)
    """


class WrongCredentials(CannotStart):
    """The engine does not accept the user or the password; mend them in the connection string.

    (da: Databasen afviser brugeren eller koden; ret dem i forbindelsesstrengen.)
    """
