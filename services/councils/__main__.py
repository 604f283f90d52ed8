"""The councils service on the command line: ``python -m services.councils [COMMAND]``."""

from services.councils.app import create_app, reads
from services.councils.keeping import REFERRALS
from services.councils.settings import Settings
from services.councils.wiring import SERVICE
from shared.serving.commands import Service, commands

if __name__ == "__main__":
    commands(Service(SERVICE, Settings, create_app, reads, (SERVICE, REFERRALS)))()
