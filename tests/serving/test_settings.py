"""A service is told what it is once, when it starts."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from services.audit.settings import Settings as OfAudit
from services.councils.settings import Settings as OfCouncils
from services.referrals.settings import Settings as OfReferrals
from shared.kernel.clock import ShiftedClock, SystemClock
from shared.serving.opening import clock_of
from shared.serving.settings import ServiceSettings

EACH = pytest.mark.parametrize("settings", [OfAudit, OfCouncils, OfReferrals])


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with an environment that says nothing."""
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(f"KREDSLOB_{name.upper()}", raising=False)


@EACH
def test_settings_come_from_the_environment(
    settings: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Each under its own name; what is meant for somebody else is passed over."""
    told = {"VAR": str(tmp_path), "PORT": "8401", "MODE": "production", "STORE_PAGES": "64"}
    for name, value in {**told, "SOMETHING_ELSE": "1"}.items():
        monkeypatch.setenv(f"KREDSLOB_{name}", value)
    read = settings()
    assert (read.var, read.port, read.mode, read.store_pages) == (
        tmp_path,
        8401,
        "production",
        64,
    )


@pytest.mark.parametrize("settings", [OfAudit, OfReferrals])
def test_councils_are_asked_after_a_minute_without_word(
    settings: type[OfAudit | OfReferrals],
) -> None:
    """Who hears nothing of them for 60 seconds asks, so that who was dismissed is seen as that."""
    assert settings().silent_after == 60.0


@EACH
@pytest.mark.parametrize("name", ["port", "mode"])
def test_settings_do_not_change(settings: type[ServiceSettings], name: str) -> None:
    """What a service was told when it started holds until it ends."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(settings(), name, 1)


@pytest.mark.parametrize(("name", "value"), [("MODE", "test"), ("PORT", "x"), ("STORE_PAGES", "")])
def test_a_setting_that_makes_no_sense_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A slip in the environment is found at once, not when it first matters."""
    monkeypatch.setenv(f"KREDSLOB_{name}", value)
    with pytest.raises(ValidationError):
        ServiceSettings()


def test_a_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings are printed and logged; what they keep is not."""
    monkeypatch.setenv("KREDSLOB_BUS_PASSWORD", "made-up")
    settings = ServiceSettings()
    assert settings.bus_password == SecretStr("made-up")
    assert "made-up" not in f"{settings!r} {settings} {settings.model_dump()}"
    assert "made-up" not in settings.model_dump_json()


def test_each_service_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """Made on the way, and for nobody else; read models lie there unless it is said where."""
    settings = ServiceSettings(var=tmp_path / "var")
    folder = settings.folder("referrals")
    assert (folder, folder.stat().st_mode & 0o777) == (tmp_path / "var/referrals", 0o700)
    assert settings.views_of("referrals").endswith(f"{folder}/views.db")
    elsewhere = ServiceSettings(var=tmp_path, views_url="postgresql+asyncpg://made-up/views")
    assert elsewhere.views_of("referrals") == "postgresql+asyncpg://made-up/views"


def test_production_has_no_clock_to_move(tmp_path: Path) -> None:
    """A file in the folder moves the clock while trying things out, and never in production."""
    assert isinstance(clock_of(ServiceSettings(var=tmp_path, mode="production")), SystemClock)
    assert isinstance(clock_of(ServiceSettings(var=tmp_path)), ShiftedClock)
