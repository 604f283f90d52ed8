"""What lies in ``infra/grafana``."""

from typing import Any

import yaml

from shared.platform.supervising import ROOT

FOLDER = ROOT / "infra/grafana"


def parsed(name: str) -> Any:  # noqa: ANN401 - what YAML holds
    """Give what a file of the folder says."""
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))
