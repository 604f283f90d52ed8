"""Settings that cannot work together are refused, each with how to mend it."""

from pathlib import Path

import pytest

from services.audit.settings import Settings as OfAudit
from services.referrals.settings import Settings as OfReferrals
from shared.kernel.starting import CannotStart
from shared.serving.keys import Keys, KeysRefused
from shared.serving.refused import NobodyToAsk, OnePiece, OneProcessOnly, demand_sense
from shared.serving.settings import SECRETS, NoSecrets, Role, ServiceSettings

STORE, VIEWS = "esdb://127.0.0.1:1", "postgresql+asyncpg://127.0.0.1/views"
COUNCILS = "http://127.0.0.1:1"


def on_engines(
    settings: type[ServiceSettings], role: Role, councils: str | None = COUNCILS
) -> ServiceSettings:
    """Give the settings of one process on the engines of production."""
    return settings(role=role, store_url=STORE, views_url=VIEWS, councils_url=councils)


@pytest.mark.parametrize("kind", [OneProcessOnly, OnePiece, NobodyToAsk, NoSecrets, KeysRefused])
def test_each_says_how_to_mend_it(kind: type[CannotStart]) -> None:
    """Whoever runs it reads what is wrong and what to do, in both languages."""
    assert ":" in kind.words().en
    assert ":" in kind.words().da


@pytest.mark.parametrize("role", Role)
def test_referrals_splits(role: Role) -> None:
    """Doors and work of referrals may be processes of their own."""
    demand_sense(on_engines(OfReferrals, role), "referrals")


@pytest.mark.parametrize("role", [Role.API, Role.WORK])
def test_the_audit_does_not_split(role: Role) -> None:
    """Two processes that keep a ledger would keep two: there is one, and it has the doors."""
    demand_sense(on_engines(OfAudit, Role.ALL), "audit")
    with pytest.raises(OnePiece):
        demand_sense(on_engines(OfAudit, role), "audit")


def test_doors_alone_can_ask_councils() -> None:
    """A door whose worker is dead asks councils who holds which office: it must know where."""
    with pytest.raises(NobodyToAsk):
        demand_sense(on_engines(OfReferrals, Role.API, councils=None), "referrals")


def test_processes_that_share_a_service_make_no_keys(tmp_path: Path) -> None:
    """Each would make another, and a repeated request would be a new one at the next door."""
    for role in (Role.API, Role.WORK):
        with pytest.raises(KeysRefused):
            Keys.of("referrals", OfReferrals(var=tmp_path, role=role))
    Keys.of("referrals", OfReferrals(var=tmp_path))
    Keys.of("referrals", OfReferrals(var=tmp_path, role=Role.API))


def test_secrets_come_from_their_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file says a setting; the environment, where it says the same, says it louder."""
    (tmp_path / "kredslob_bus_password").write_text("made-up\n")
    (tmp_path / "kredslob_audience").write_text("file")
    monkeypatch.setenv(SECRETS, str(tmp_path))
    monkeypatch.setenv("KREDSLOB_AUDIENCE", "environment")
    settings = ServiceSettings()
    assert settings.bus_password.get_secret_value() == "made-up"
    assert settings.audience == "environment"


def test_secrets_that_are_not_mounted_are_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without its secrets a service would begin anew on files, and nobody would notice."""
    monkeypatch.setenv(SECRETS, str(tmp_path / "nowhere"))
    with pytest.raises(NoSecrets):
        ServiceSettings()
