"""Equal rows are equal byte for byte, so nothing that has no order is kept in one."""

from pathlib import Path
from typing import Any

import pytest

from services.audit import app as audit
from services.councils import app as councils
from services.referrals import app as referrals
from shared.serving.keys import Keys
from shared.serving.settings import ServiceSettings

SERVICES = {"audit": audit, "councils": councils, "referrals": referrals}


@pytest.mark.parametrize("service", SERVICES)
def test_no_row_keeps_a_set(service: str, tmp_path: Path) -> None:
    """A set is written in any order: live and rebuilt rows would differ with the same content."""
    app: Any = SERVICES[service]
    projections, _decode = app.reads(Keys.of(service, ServiceSettings(var=tmp_path)))
    assert [each.shape for each in projections if "uniqueItems" in each.shape] == []
