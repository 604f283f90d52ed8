"""The referrals service on the command line: ``python -m services.referrals [COMMAND]``."""

import asyncio

import typer

from services.referrals.app import create_app, reads
from services.referrals.counting import counted
from services.referrals.holding import demand
from services.referrals.settings import Settings
from services.referrals.wiring import SERVICE
from shared.messaging.names import reads_of
from shared.platform.plainly import plainly
from shared.serving.commands import Service, commands
from shared.serving.serve import plainly_ended
from shared.serving.told import told

sources = ("councils", SERVICE, reads_of(SERVICE))
app = commands(Service(SERVICE, Settings, create_app, reads, sources, demand))


@app.command("open-cases")
def open_cases() -> None:
    """Count the open cases by programme, role and kind of unit, as JSON, for ``access diff``."""
    with plainly(), plainly_ended(SERVICE):
        typer.echo(asyncio.run(counted(told(Settings))))


if __name__ == "__main__":
    app()
