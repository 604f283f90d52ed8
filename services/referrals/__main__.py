"""The referrals service on the command line: ``python -m services.referrals [COMMAND]``."""

from services.referrals.app import create_app, reads
from services.referrals.holding import demand
from services.referrals.settings import Settings
from services.referrals.wiring import SERVICE
from shared.serving.commands import Service, commands

if __name__ == "__main__":
    commands(Service(SERVICE, Settings, create_app, reads, (SERVICE, "councils"), demand))()
