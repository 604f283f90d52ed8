"""What the referrals service is told when it starts."""

from shared.serving.ground import STALE_AFTER
from shared.serving.settings import ServiceSettings


class Settings(ServiceSettings):
    """What it needs beyond what every service is told."""

    councils_url: str | None = None
    """Where councils answer; where nothing is said, they are not asked."""
    silent_after: float = STALE_AFTER
    """Seconds without word from councils after which they are asked who holds which office."""
    sweep_every: float = 3600.0
    """Seconds between two looks for keys whose fact never came; longer than any command lasts."""
