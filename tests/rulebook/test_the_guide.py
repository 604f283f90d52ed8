"""The jurist's guide names every rule that the checker has, and none that it has not."""

import re
from pathlib import Path

from tests.rulebook.planted import PLANTED
from tests.rulebook.test_finding_mistakes import OF_THE_WHOLE

GUIDE = Path(__file__).parents[2] / "docs" / "rulebook.md"


def test_the_guide_lists_the_rules() -> None:
    """A jurist who meets a rule's name finds it in docs/rulebook.md."""
    section = GUIDE.read_text().split("## Hvad prøven holder øje med")[1].split("\n## ")[0]
    listed = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", section)) - {"otherwise"}
    assert listed == {p.rule for p in PLANTED} | OF_THE_WHOLE | {"unknown-forum-kind"}
