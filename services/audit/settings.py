"""What the audit service is told when it starts."""

from typing import Literal

from shared.serving.ground import STALE_AFTER
from shared.serving.settings import ServiceSettings


class Settings(ServiceSettings):
    """The district, and where to ask, beyond what every service is told."""

    district: str = "oestjylland"
    reads_kept_gdpr: Literal["unknown"] = "unknown"
    """For how long reads are kept under the regulation: as long as nobody has decided, for good."""
    reads_kept_led: Literal["unknown"] = "unknown"
    """The same under the law enforcement directive. Nothing deletes them, so nothing else is taken.
    """
    silent_after: float = STALE_AFTER
    """Seconds without word from councils after which they are asked who holds which office."""
