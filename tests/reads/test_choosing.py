"""A purpose is chosen once for each object, and remembered from then on."""

from pathlib import Path
from uuid import uuid4

from shared.eventstore.memory import MemoryStore
from shared.kernel.clock import StandingClock
from shared.projections.engines import Engines
from shared.reads.chosen import Choice, ChoicesKept
from shared.reads.log import ReadLog
from shared.reads.reading import Kind
from shared.reads.sealing import ReadsKey
from shared.reads.tending import Tending
from tests.reads.people import CASE, FRIDAY, listed, looked, officer, tried

OBJECT, WHO = f"referral:{CASE}", officer()


def written_to(folder: Path) -> bytes:
    """Give every byte of the database."""
    return b"".join(path.read_bytes() for path in folder.glob("views.db*"))


async def log_in(folder: Path, store: MemoryStore | None = None) -> ReadLog:
    """Give a log that keeps its choices in a database in *folder*."""
    engines = Engines.of(f"sqlite+aiosqlite:///{folder / 'views.db'}")
    choices = await ChoicesKept.open(engines)
    return ReadLog(store or MemoryStore(StandingClock(FRIDAY)), ReadsKey(bytes(32)), choices)


async def ended(log: ReadLog) -> None:
    """Let go of its database."""
    assert isinstance(log.choices, ChoicesKept)
    await log.choices.close()


async def test_the_next_request_knows(tmp_path: Path) -> None:
    """What was chosen is remembered when the reading is noted: for that hat and object alone."""
    log = await log_in(tmp_path)
    assert await log.recall(WHO, OBJECT) is None
    await log.note(looked(purpose="coordination"))
    assert await log.recall(WHO, OBJECT) == "coordination"
    assert await log.recall(officer("opdigtet.anden"), OBJECT) is None
    for hat in ({"office": "dpo"}, {"unit": "favrskov-tilsyn"}):
        assert await log.recall(WHO.model_copy(update=hat), OBJECT) is None
    assert await log.recall(WHO, f"referral:{uuid4()}") is None
    await log.note(looked(purpose="handling"))
    assert await log.recall(WHO, OBJECT) == "handling"
    await ended(log)


async def test_broken_glass_changes_no_choice(tmp_path: Path) -> None:
    """A look in an emergency is for that; what was chosen before is still what was chosen."""
    log = await log_in(tmp_path)
    await log.note(looked(purpose="handling"))
    await log.note(looked(purpose="emergency"))
    assert await log.recall(WHO, OBJECT) == "handling"
    await ended(log)


async def test_only_an_opened_case_is_a_choice(tmp_path: Path) -> None:
    """Who saw a line of a list, or was denied, has chosen nothing for the case."""
    log = await log_in(tmp_path)
    await log.note(listed([CASE]))
    await log.note(tried(CASE))
    await log.note(looked(purpose=None))
    assert await log.recall(WHO, OBJECT) is None
    for kind in (Kind.REVEAL, Kind.CHANGE):
        case = uuid4()
        await log.note(looked(case).model_copy(update={"kind": kind}))
        assert await log.recall(WHO, f"referral:{case}") == "handling"
    await ended(log)


async def test_it_outlasts_the_process(tmp_path: Path) -> None:
    """A service that starts again asks nobody for the purpose anew."""
    log = await log_in(tmp_path)
    await log.note(looked())
    await ended(log)
    again = await log_in(tmp_path)
    assert await again.recall(WHO, OBJECT) == "handling"
    await ended(again)


async def test_it_is_made_anew_from_the_log(tmp_path: Path) -> None:
    """Who loses the table loses nothing: of several choices the last one counts."""
    store = MemoryStore(StandingClock(FRIDAY))
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    log = await log_in(tmp_path / "one", store)
    for purpose in ("handling", "coordination"):
        await log.note(looked(purpose=purpose))
    again = await log_in(tmp_path / "other", store)
    assert await again.recall(WHO, OBJECT) is None
    await Tending(again).catch_up()
    assert await again.recall(WHO, OBJECT) == "coordination"
    assert await again.choices.reached() == await store.head()
    await ended(log)
    await ended(again)


async def test_what_is_late_does_not_replace_what_is_later(tmp_path: Path) -> None:
    """Taking in the log behind the doors never brings back an older choice."""
    log = await log_in(tmp_path)
    await log.choices.keep({"key": Choice("handling", 7)})
    await log.choices.keep({"key": Choice("coordination", 6)})
    assert await log.choices.recall("key") == "handling"
    await ended(log)


async def test_the_table_names_nobody(tmp_path: Path) -> None:
    """The database alone does not say who chose something for which case."""
    log = await log_in(tmp_path)
    await log.note(looked())
    await ended(log)
    raw = written_to(tmp_path)
    assert [each for each in (WHO.actor, str(CASE)) if each.encode() in raw] == []
    assert b"handling" in raw
