"""Counting the open cases of this installation for who is about to change the rules."""

import json
from typing import Final

from services.referrals.app import DIRECTORY, reads
from services.referrals.projections.open_cases import open_cases
from services.referrals.settings import Settings
from services.referrals.wiring import SERVICE
from shared.access.rulebooks import Rulebooks
from shared.platform.layout import NotRunning
from shared.projections.views import Views
from shared.serving.keys import Keys
from shared.serving.opening import clock_of

VIEWS: Final = "views.db"


async def counted(settings: Settings) -> str:
    """Give the counts as JSON: programme, role, kind of unit, cases. No id of any case is in it.

    Raises ``NotRunning`` where there are no read models, and what opening them raises.
    """
    if settings.views_url is None and not (settings.var / SERVICE / VIEWS).exists():
        raise NotRunning(str(settings.var))
    clock = clock_of(settings)
    views = await Views.open(settings.views_of(SERVICE), *reads(Keys.of(SERVICE, settings)), clock)
    rules = Rulebooks(DIRECTORY)
    try:
        async with views.reading() as (connection, generation):
            await rules.catch_up(connection, generation)
            units = rules.at(clock.now()).district.units if rules.known else ()
            kinds = {str(unit.id): unit.kind for unit in units}
            found = await open_cases(connection, generation, kinds)
    finally:
        await views.close()
    return json.dumps([each._asdict() for each in found])
