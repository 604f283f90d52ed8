"""What a service is told when it starts."""

import os
from enum import Enum
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from shared.kernel.starting import CannotStart

SECRETS = "KREDSLOB_SECRETS"
"""Names the folder in which each file says one setting, such as ``kredslob_bus_password``."""


class NoSecrets(CannotStart):
    """The folder of secrets is not there: mount it, or mend KREDSLOB_SECRETS.

    (da: Mappen med hemmeligheder er der ikke: tilslut den, eller ret KREDSLOB_SECRETS.)
    """


class Role(Enum):
    """Which part of a service a process is: all of it, its doors, or its work behind them."""

    ALL = "all"
    API = "api"
    WORK = "work"

    @property
    def answers(self) -> bool:
        """Whether people and other services are answered here."""
        return self is not Role.WORK

    @property
    def works(self) -> bool:
        """Whether views, relay, followers and policies run here: in one process at a time."""
        return self is not Role.API


class ServiceSettings(BaseSettings):
    """Read once from the environment, each under its name after ``KREDSLOB_``, or from a secret."""

    model_config = SettingsConfigDict(env_prefix="KREDSLOB_", frozen=True, extra="ignore")
    splits: ClassVar[bool] = False
    """Whether the service can be split into doors and work."""

    mode: Literal["embedded", "production"] = "embedded"
    role: Role = Role.ALL
    var: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 0
    issuer: str = "http://127.0.0.1:8400"
    audience: str = "kredslob"
    bus_url: str = "nats://127.0.0.1:4222"
    bus_password: SecretStr = SecretStr("")
    bus_replicas: int = Field(default=1, ge=1, le=5)
    """On how many servers of the bus each fact lies."""
    store_url: str | None = None
    """Where the facts are (``esdb://`` or ``esdb+discover://``); a file below ``var`` where nothing
    is said."""
    store_pages: int | None = None
    """How many pages of 4 KiB the store may hold; no limit where nothing is said. Files only."""
    reads_a_day: int = Field(default=20_000, ge=0)
    """How many reads a day the reserve for the log of reads is reckoned by. Files only."""
    reads_days: int | None = Field(default=None, ge=0)
    """For how many days without other room reads shall go on; where nothing is said, 30 in
    production, and embedded so many that the reserve stays small (an hour)."""
    reads_pages: int | None = None
    """How many pages of 4 KiB the log of reads and its reserve may hold together; no limit where
    nothing is said. Files only."""
    views_url: str | None = None
    """Where the read models are; a file below ``var`` where nothing is said."""
    councils_url: str | None = None
    """Where councils answer; where nothing is said, they are not asked."""
    client_secret: SecretStr | None = None
    """What the service shows to sign in; below ``var``, from devlogin, where nothing is said."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Give where settings come from: the environment first, then the folder of secrets."""
        secrets = os.environ.get(SECRETS)
        if secrets and not Path(secrets).is_dir():
            raise NoSecrets(secrets)
        files = (SecretsSettingsSource(settings_cls, secrets_dir=secrets),) if secrets else ()
        return init_settings, env_settings, *files

    @property
    def reads_reserved(self) -> int:
        """For how many reads room is held on the disk."""
        if self.reads_days is not None:
            return self.reads_a_day * self.reads_days
        return self.reads_a_day * 30 if self.mode == "production" else self.reads_a_day // 24

    def folder(self, service: str) -> Path:
        """Give the folder that belongs to one service alone, made on the way."""
        folder = self.var / service
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def views_of(self, service: str) -> str:
        """Give the address of a service's read models."""
        return self.views_url or f"sqlite+aiosqlite:///{self.folder(service) / 'views.db'}"
