"""Settings that cannot work together, found before anything is opened."""

from sqlalchemy import make_url

from shared.kernel.starting import CannotStart
from shared.projections.refused import checked_address
from shared.serving.settings import Role, ServiceSettings


class OneProcessOnly(CannotStart):
    """Files have one owner: set KREDSLOB_STORE_URL and KREDSLOB_VIEWS_URL, or no KREDSLOB_ROLE.

    (da: Filer har kun én ejer: sæt KREDSLOB_STORE_URL og KREDSLOB_VIEWS_URL, eller udelad
    KREDSLOB_ROLE.)
    """


class OnePiece(CannotStart):
    """This service is not split: leave out KREDSLOB_ROLE, and run one process of it.

    (da: Denne tjeneste deles ikke: udelad KREDSLOB_ROLE, og kør én proces af den.)
    """


class NobodyToAsk(CannotStart):
    """Doors alone must be able to ask who holds which office: set KREDSLOB_COUNCILS_URL.

    (da: Døre alene skal kunne spørge, hvem der har hvilket hverv: sæt KREDSLOB_COUNCILS_URL.)
    """


def demand_sense(settings: ServiceSettings, service: str) -> None:
    """Raise the kind of ``CannotStart`` that says which settings do not go together."""
    views = checked_address(settings.views_of(service))
    on_files = settings.store_url is None or make_url(views).get_backend_name() == "sqlite"
    if settings.role is not Role.ALL and on_files:
        raise OneProcessOnly(f"role {settings.role.value}")
    if settings.role is not Role.ALL and not settings.splits:
        raise OnePiece(service)
    if settings.role is Role.API and settings.councils_url is None:
        raise NobodyToAsk(service)
