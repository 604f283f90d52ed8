"""What the referrals service is told when it starts."""

from pathlib import Path
from typing import ClassVar

from shared.serving.ground import STALE_AFTER
from shared.serving.settings import ServiceSettings


class Settings(ServiceSettings):
    """What it needs beyond what every service is told."""

    splits: ClassVar[bool] = True
    silent_after: float = STALE_AFTER
    """Seconds without word from councils after which they are asked who holds which office."""
    sweep_every: float = 3600.0
    """Seconds between two looks for keys whose fact never came; longer than any command lasts."""
    vault_url: str | None = None
    """Doors only: where the vault of the process that works answers, over mutual TLS."""
    vault_port: int | None = None
    """Work only: where the vault answers the doors; nobody is answered where nothing is said."""
    tls_ca: Path | None = None
    """Who signs the certificates with which doors and vault know each other."""
    tls_cert: Path | None = None
    tls_key: Path | None = None
