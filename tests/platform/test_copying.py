"""A copy of the whole platform, and the platform made whole again from it."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from shared.eventstore.sqlite_log import SqliteLog
from shared.kernel.ids import SubjectId
from shared.platform.copying import DATABASES, VAULT, NotEmpty, NotWhole, put_back
from shared.vault.destroyed import DestroyedList
from tests.journeys.proof import change_one_byte
from tests.journeys.scenes.telling import draft, sending, until_delivered
from tests.platform.town import ALONE, Town, kredslob


@pytest.fixture(scope="module")
def copy(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy that an operator took while the platform ran."""
    to = tmp_path_factory.mktemp("copies") / "en kopi"
    told = kredslob("backup", to, var=town.platform.var)
    assert (told.returncode, str(to) in told.stdout) == (0, True)
    return to


def another(copy: Path, to: Path) -> Path:
    """Give the same copy once more, to be spoilt."""
    return Path(shutil.copytree(copy, to / "copy"))


def subject_of_draft(var: Path, asked_by: str) -> SubjectId:
    """Give the person in the only referral that an authority has begun."""
    log = SqliteLog.open(var / "referrals/events.db")
    facts = asyncio.run(log.read_all(0, 100_000))
    asyncio.run(log.close())
    told = (json.loads(fact.metadata) for fact in facts if fact.type == "referral.drafted.v1")
    (subject,) = {each["subjects"] for each in told if each["authority"] == asked_by}
    return SubjectId(subject)


def test_a_platform_that_was_lost_is_whole_again(town: Town, tmp_path: Path) -> None:
    """Everybody sees what they saw, it is proved, and work goes on; what was destroyed stays so."""
    seen, was = town.seen(), town.platform.var
    assert drafts(town)[0]["name"] == "Opdigtet Kladde"
    destroyed = subject_of_draft(was, "samsoe-kommune")
    assert kredslob("backup", tmp_path / "copy", var=was).returncode == 0
    town.platform.stop()
    shutil.rmtree(was)
    var = tmp_path / "et andet sted"
    newer = DestroyedList.open(var / made(var, VAULT))
    newer.add(destroyed)
    newer.close()
    told = kredslob("restore", tmp_path / "copy", var=var)
    assert (told.returncode, str(var) in told.stdout) == (0, True), told.stdout
    town.begin_again(var)
    town.shows(seen)
    assert drafts(town)[0]["name"] in ({"erased": True}, None)
    assert kredslob("audit", "verify", var=var).returncode == 0
    asyncio.run(_work_goes_on(town))


def made(var: Path, name: str) -> str:
    """Give *name* back, with the folder for it made."""
    (var / name).parent.mkdir(parents=True)
    return name


def drafts(town: Town) -> list[dict[str, object]]:
    """Give what the one with a draft has in its list."""
    return asyncio.run(_drafts(town))


async def _drafts(town: Town) -> list[dict[str, object]]:
    async with town.world() as world:
        items: list[dict[str, object]] = (await world.person(ALONE).get("/sent")).body["items"]
        return items


async def _work_goes_on(town: Town) -> None:
    async with town.world() as world:
        odder = world.person("odder-familieafdeling")
        tovholder = world.person("oestjyllands-politi-psp-odder")
        whole = {
            "name": "Opdigtet Efter",
            "criteria": ["manglende_sygdomsindsigt"],
            "concern": "Opdigtet: efter at alt blev lagt tilbage.",
        }
        case = await draft(odder, "psp", whole)
        how = sending(world, "psp-odder", "rpl-115-1-2", "hjaelp-og-forebyggelse")
        await odder.post(f"/referrals/{case}/sending", how)
        await until_delivered(world, tovholder, case)


def test_a_copy_is_for_this_user_alone(copy: Path) -> None:
    """It holds the keys: its folder lets nobody else in, nor do its folders."""
    assert [p for p in (copy, *copy.rglob("*")) if p.is_dir() and p.stat().st_mode & 0o077] == []
    assert {*DATABASES, VAULT} <= {str(p.relative_to(copy)) for p in copy.rglob("*")}


def test_a_copy_proves_its_history(copy: Path, tmp_path: Path) -> None:
    """``audit verify`` ends with 0 on a copy, and with 1 and the place where a byte was changed."""
    assert kredslob("audit", "verify", "--var", copy, var=tmp_path).returncode == 0
    spoilt = another(copy, tmp_path)
    position = change_one_byte(spoilt / "referrals/events.db")
    told = kredslob("audit", "verify", "--var", spoilt, var=tmp_path)
    assert (told.returncode, str(position) in told.stdout) == (1, True)


def test_nothing_is_written_over(copy: Path, tmp_path: Path) -> None:
    """A copy goes into a new folder, and back into one where nothing is."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var/mine.txt").touch()
    with pytest.raises(NotEmpty):
        put_back(copy, tmp_path / "var")
    told = kredslob("restore", copy, var=tmp_path / "var")
    assert (told.returncode, "er ikke tom" in told.stdout) == (1, True)
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["mine.txt"]


def test_a_running_platform_is_not_restored_over(town: Town, copy: Path) -> None:
    """Neither is a copy taken into a folder that is there."""
    var = town.platform.var
    told = kredslob("restore", copy, var=var)
    assert (told.returncode, "Stop platformen" in told.stdout) == (1, True)
    told = kredslob("backup", copy, var=var)
    assert (told.returncode, "findes allerede" in told.stdout) == (1, True)


@pytest.mark.parametrize("lost", ["whole", "audit/ledger.db", VAULT, "keys/platform.key"])
def test_a_copy_that_is_not_whole_is_refused(copy: Path, tmp_path: Path, lost: str) -> None:
    """A copy that was broken off, or has lost a file since, is not brought back in parts."""
    spoilt = another(copy, tmp_path)
    (spoilt / lost).unlink()
    with pytest.raises(NotWhole):
        put_back(spoilt, tmp_path / "var")
    told = kredslob("restore", spoilt, var=tmp_path / "var")
    assert (told.returncode, "ikke en hel kopi" in told.stdout) == (1, True)
    assert not (tmp_path / "var").exists()


def test_a_copy_with_a_changed_byte_is_refused(copy: Path, tmp_path: Path) -> None:
    """What lay on a bad disk, or in strange hands, is not brought back as if nothing were."""
    spoilt = another(copy, tmp_path)
    change_one_byte(spoilt / "councils/events.db")
    with pytest.raises(NotWhole):
        put_back(spoilt, tmp_path / "var")


def test_where_no_platform_is_nothing_is_copied(tmp_path: Path) -> None:
    """A folder named by mistake gives no empty copy that looks like one."""
    told = kredslob("backup", tmp_path / "copy", var=tmp_path / "var")
    assert (told.returncode, "er ikke en platform" in told.stdout) == (1, True)
    assert list(tmp_path.iterdir()) == []
