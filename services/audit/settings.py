"""What the audit service is told when it starts."""

from shared.serving.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing but the district, beyond what every service is told."""

    district: str = "oestjylland"
