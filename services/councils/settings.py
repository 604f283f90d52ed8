"""What the councils service is told when it starts."""

from shared.serving.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing beyond what every service is told."""
