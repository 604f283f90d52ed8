"""What the audit service is told when it starts."""

from shared.serving.ground import STALE_AFTER
from shared.serving.settings import ServiceSettings


class Settings(ServiceSettings):
    """The district, and where to ask, beyond what every service is told."""

    district: str = "oestjylland"
    silent_after: float = STALE_AFTER
    """Seconds without word from councils after which they are asked who holds which office."""
