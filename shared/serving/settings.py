"""What a service is told when it starts."""

from pathlib import Path
from typing import Literal

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Read once from the environment, each under its name after ``KREDSLOB_``."""

    model_config = SettingsConfigDict(env_prefix="KREDSLOB_", frozen=True, extra="ignore")

    mode: Literal["embedded", "production"] = "embedded"
    var: Path = Path("var")
    port: int = 0
    issuer: str = "http://127.0.0.1:8400"
    audience: str = "kredslob"
    bus_url: str = "nats://127.0.0.1:4222"
    bus_password: SecretStr = SecretStr("")
    views_url: str | None = None
    """Where the read models are; a file below ``var`` where nothing is said."""
    store_pages: int | None = None
    """How many pages of 4 KiB the store may hold; no limit where nothing is said."""

    def folder(self, service: str) -> Path:
        """Give the folder that belongs to one service alone, made on the way."""
        folder = self.var / service
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def views_of(self, service: str) -> str:
        """Give the address of a service's read models."""
        return self.views_url or f"sqlite+aiosqlite:///{self.folder(service) / 'views.db'}"
