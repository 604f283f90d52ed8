"""What was ever stored can be read: a frozen fact of each type proves it.

Until the first release a file may still be deleted and written anew. From the first tag ``v…`` on
``test_released`` holds every file to what was tagged.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.foreign import foreign
from shared.kernel.events import Event
from shared.kernel.personal import Hidden, Sealed
from tests.contracts.made_up.others import of_councils
from tests.contracts.made_up.referrals import least, of_referrals
from tests.contracts.samples import OLD, SAMPLES, Codecs, Sample, made_up, sample_of, write
from tests.contracts.write import events, type_of

FILES = sorted(SAMPLES.glob("*.json"))
EACH = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
EACH_OF_TODAY = pytest.mark.parametrize(
    "file", [f for f in FILES if f.stem not in OLD], ids=lambda f: f.stem
)


@pytest.fixture(scope="module")
def codecs(tmp_path_factory: pytest.TempPathFactory) -> Codecs:
    """Give what the services read and write their facts with."""
    return Codecs(tmp_path_factory.mktemp("keys"))


def again(sample: Sample, codecs: Codecs) -> object:
    """Give what is stored when a sample that was read is written again."""
    codec = codecs.of(sample.type)
    return json.loads(codec.encode(codec.decode(sample.stored()).event))


def in_secret(sample: Sample, event: Event) -> Sample:
    """Give the sample as it would stand in a case whose existence is secret."""
    told = {name for name, value in event if isinstance(value, Hidden)}
    assert isinstance(sample.data, dict)
    closed: dict[str, Any] = {name: {"hidden": f"r1~made-up-{name}"} for name in told}
    return Sample(sample.type, sample.metadata, {**sample.data, **closed})


def test_every_type_has_a_sample() -> None:
    """No fact is stored before one of its kind is frozen: python -m tests.contracts.write."""
    assert {file.stem for file in FILES} == OLD | {type_of(event) for event in events()}


@EACH_OF_TODAY
def test_a_sample_is_read_and_written_again(file: Path, codecs: Codecs) -> None:
    """The code of today reads what was stored then, and would store the same."""
    sample = Sample.read(file)
    assert sample.type == file.stem
    assert again(sample, codecs) == sample.data


@pytest.mark.parametrize("name", sorted(OLD))
def test_an_old_sample_is_read_as_what_it_is_now(name: str, codecs: Codecs) -> None:
    """What was stored of a type that is no longer written has all that it said, and is newer."""
    sample = Sample.read(SAMPLES / f"{name}.json")
    now = again(sample, codecs)
    assert isinstance(now, dict)
    assert isinstance(sample.data, dict)
    assert now["type"] in {type_of(event) for event in events()}
    assert {**now, **sample.data, "type": now["type"]} == now


@EACH
def test_a_sample_is_read_whole(file: Path, codecs: Codecs) -> None:
    """Who, when and in whose file come from the metadata as they were stored."""
    sample = Sample.read(file)
    fact = codecs.of(sample.type).decode(sample.stored())
    assert (fact.actor, fact.authority) == (sample.metadata["actor"], sample.metadata["authority"])
    assert fact.at.isoformat() == "2026-11-02T12:00:31+00:00"
    assert dict(fact.metadata) == sample.metadata


@EACH
def test_another_service_reads_a_sample(file: Path) -> None:
    """Who has no code of the owner's still sees every field as it was stored."""
    sample = Sample.read(file)
    event = foreign(sample.stored()).event
    assert (event.type, event.fields) == (sample.type, sample.data)


@EACH_OF_TODAY
def test_a_sample_of_a_secret_case_is_read(file: Path, codecs: Codecs) -> None:
    """Every fact can also stand with the way it went sealed, and stays sealed when it is read."""
    sample = Sample.read(file)
    event = codecs.of(sample.type).decode(sample.stored()).event
    secret = in_secret(sample, event)
    assert again(secret, codecs) == secret.data
    read = codecs.of(sample.type).decode(secret.stored()).event
    assert all(isinstance(v.content, Sealed) for _, v in read if isinstance(v, Hidden))


@pytest.mark.parametrize("event", list(least()), ids=lambda event: event.type)
def test_a_fact_with_no_more_than_it_must_have_is_read(event: Event, codecs: Codecs) -> None:
    """What was not said is not stored, and its absence is read as nothing."""
    sample = sample_of(event, codecs.of(event.type))
    assert "null" not in sample.text()
    assert codecs.of(event.type).decode(sample.stored()).event == event
    assert again(sample, codecs) == sample.data


def test_what_a_field_held_is_what_is_read(codecs: Codecs) -> None:
    """The made-up facts come back as they were made: no field changes its kind on the way."""
    for event in made_up():
        codec = codecs.of(event.type)
        assert codec.decode(sample_of(event, codec).stored()).event == event


def test_a_sample_that_no_longer_fits_is_seen(codecs: Codecs) -> None:
    """A field that is gone from the class, and one that it now demands, both stop the reading."""
    sample = Sample.read(SAMPLES / "docket-item.placed.v1.json")
    assert isinstance(sample.data, dict)
    more = Sample(sample.type, sample.metadata, {**sample.data, "room": "7"})
    fewer = Sample(sample.type, sample.metadata, {"type": sample.type, "late": True})
    for bad in (more, fewer):
        with pytest.raises(ValidationError):
            again(bad, codecs)


def test_a_sample_is_written_once(tmp_path: Path, codecs: Codecs) -> None:
    """A file that is there is never written again, whatever the class has become."""
    frozen = tmp_path / "meeting.convened.v1.json"
    frozen.write_text("frozen", "utf-8")
    write([*of_referrals(), *of_councils()], codecs, tmp_path)
    assert frozen.read_text("utf-8") == "frozen"
    assert (tmp_path / "referral.sent.v1.json").read_bytes() == (
        SAMPLES / "referral.sent.v1.json"
    ).read_bytes()
