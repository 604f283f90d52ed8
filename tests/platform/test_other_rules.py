"""Other disclosure profiles are put in force on a running platform, and the read models follow."""

import shutil
from pathlib import Path
from typing import Any

from shared.platform.supervising import ROOT
from tests.platform.test_looking_after import generation
from tests.platform.town import Town, kredslob, wait_until

SENDER, OTHER = "favrskov-ssp", "randers-infohus"
GIVEN = "categories: [identity, contact, social, assessment, free_text, administrative]"
KEPT = "categories: [identity, contact, social, assessment, administrative]"
"""What others write is given to the sender of a concern, and then no longer."""


def heard_of(town: Town) -> list[str]:
    """Give what the sender reads of the words of another authority."""
    _status, shown = town.seen()[SENDER][f"/referrals/{town.cases['a']}"]
    steps: list[dict[str, Any]] = shown["timeline"]
    return [str(v) for s in steps if s["unit"] == OTHER for v in s["said"].values()]


def put_in_force(town: Town, rulebook: Path) -> None:
    """Put a rulebook in force, and wait until the rows are made under it."""
    before = generation(town.platform.var, "referrals")
    told = kredslob("rulebook", "activate", rulebook, var=town.platform.var)
    assert told.returncode == 0, told.stdout
    wait_until("made anew", lambda: generation(town.platform.var, "referrals") == before + 1)
    wait_until("all is well", lambda: kredslob("check", var=town.platform.var).returncode == 0)


def test_other_profiles_change_what_is_shown_by_themselves(town: Town, tmp_path: Path) -> None:
    """Stricter ones take words out of the rows; with the old ones back they are made anew there."""
    seen, words = town.seen(), heard_of(town)
    assert words
    stricter = Path(shutil.copytree(ROOT / "rulebook", tmp_path / "rulebook"))
    infohus = stricter / "programmes/infohus.yaml"
    text = infohus.read_text("utf-8")
    assert text.count(GIVEN) == 1
    infohus.write_text(text.replace(GIVEN, KEPT), "utf-8")
    put_in_force(town, stricter)
    assert heard_of(town) == []
    put_in_force(town, ROOT / "rulebook")
    assert heard_of(town) == words
    town.shows(seen)
