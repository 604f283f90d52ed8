"""The pages of docs/access.md: ``python -m tests.access.pages`` writes them anew."""

from datetime import date
from typing import Final

from shared.access.matrix import matrix
from shared.cli.access.page import page
from shared.platform.supervising import ROOT
from shared.rulebook.content import load

DAY: Final = date(2026, 12, 1)
PAGE: Final = ROOT / "docs" / "access.md"
PROGRAMMES: Final = tuple(sorted(load(ROOT / "rulebook").programmes))
HEAD: Final = """\
# Who sees what

One page for each programme of the shipped rulebook, as `kredslob access matrix PROGRAMME --on
{day}` prints it, from the policies and the disclosure profiles themselves. A test holds this file
to the rules; `python -m tests.access.pages` writes it anew. How to read, sign and compare such
pages: [who sees what](how-to/who-sees-what.md).
"""


def written_out(programme: str) -> str:
    """Give one page as the command prints it."""
    rules = load(ROOT / "rulebook")
    found = rules.programmes[programme]
    return page(rules, found, matrix(rules, found, DAY), DAY)


def whole() -> str:
    """Give the whole file."""
    pages = (f"\n## {each}\n\n```text\n{written_out(each)}```\n" for each in PROGRAMMES)
    return HEAD.format(day=DAY.isoformat()) + "".join(pages)


if __name__ == "__main__":
    PAGE.write_text(whole(), encoding="utf-8")
