"""What the development login is told when it starts."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once from the environment, each under its name after ``KREDSLOB_``."""

    model_config = SettingsConfigDict(env_prefix="KREDSLOB_", frozen=True)

    mode: str = "embedded"
    var: Path = Path("var")
    host: str = "127.0.0.1"
    issuer: str = "http://127.0.0.1:8400"
    audience: str = "kredslob"
    people: Path = Path("infra/devlogin/people.yaml")
