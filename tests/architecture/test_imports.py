"""Who may know whom is a contract, and the contracts can fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import tree

KEPT_APART = {
    "services/a/domain/facts.py": "from services.a.api import door",
    "services/a/api/door.py": "",
    "services/a/projections/waiting.py": "from services.a.policies import docket",
    "services/a/policies/docket.py": "",
    "services/b/app.py": "import services.a.wiring",
    "services/a/wiring.py": "",
    "shared/api/problems.py": "import services.b",
    "shared/kernel/ids.py": "from shared.eventstore import port",
    "shared/eventstore/port.py": "",
}


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """Give a small repository under our contracts in which each of them is broken."""
    for name, text in KEPT_APART.items():
        module = tmp_path / name
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(text)
        for package in list(module.relative_to(tmp_path).parents)[:-1]:
            (tmp_path / package / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(tree.text(Path("pyproject.toml")))
    return tmp_path


def test_every_import_contract_can_be_broken(planted: Path) -> None:
    """Services, shared, a service's layers and the kernel are each kept apart by a contract."""
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run(
        [linter, "--no-cache", "--no-logo"],
        cwd=planted,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1, told.stdout + told.stderr
    assert "0 kept, 4 broken" in told.stdout
    assert "services.a.domain is not allowed to import services.a.api" in told.stdout
    assert "services.a.projections is not allowed to import services.a.policies" in told.stdout
