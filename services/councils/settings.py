"""What the councils service is told when it starts."""

from pathlib import Path

from shared.serving.settings import ServiceSettings


class Settings(ServiceSettings):
    """What it needs beyond what every service is told."""

    ledger_key: Path | None = None
    """The file with the audit's public key; below ``var`` where nothing is said."""
