"""Bringing together what an offline verifier needs, where the facts do not lie in files."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from rich.progress import Progress as Bar
from rich.progress import TaskID

from services.audit.settings import Settings
from services.audit.wiring import SERVICE
from shared.eventstore.written_out import written_out
from shared.platform.layout import store_in
from shared.serving.opening import clock_of, store_of


class NothingToCollect(Exception):
    """There is no store to ask, or no log beside it; the text says which."""


async def collect(to: Path, services: Sequence[str], settings: Settings) -> None:
    """Write the ledger, its key and the facts of these sources to the new folder *to*.

    The stores come last, so that none lacks what the ledger has. Heads that others keep are theirs
    to give: put them beside these as ``councils/heads.db``. Raises ``NothingToCollect``,
    ``FileExistsError``, the kinds of ``CannotStart``, and what store and disk raise.
    """
    _log_copied(to, settings)
    with Bar(transient=True) as bar:
        for service in services:
            told = partial(_told, bar, bar.add_task(service, total=None))
            store = await store_of(service, settings, clock_of(settings))
            try:
                await written_out(store, store_in(to, service), told)
            finally:
                await store.close()


def _log_copied(to: Path, settings: Settings) -> None:
    own = settings.var / SERVICE
    if settings.store_url is None:
        raise NothingToCollect("KREDSLOB_STORE_URL")
    if not (own / "ledger.db").exists():
        raise NothingToCollect(str(own / "ledger.db"))
    to.mkdir(parents=True, mode=0o700)
    (to / SERVICE).mkdir(mode=0o700)
    ledger = f"{(own / 'ledger.db').resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(ledger, uri=True)) as log:
        log.execute("VACUUM INTO ?", (str(to / SERVICE / "ledger.db"),))
    shutil.copy2(own / "ledger.pub", to / SERVICE)


def _told(bar: Bar, task: TaskID, count: int) -> None:
    bar.update(task, completed=count)
