"""The log is for operators: keys on a list, and nobody's name."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
import structlog

from shared.api.logging import AllowList
from shared.kernel.clock import StandingClock
from tests.api.sample import A_REFERRAL, asking, service
from tests.logged import logged

CANARY = "Anna Kanariefugl"


class Log:
    """What this process has logged so far."""

    def __init__(self, written: io.StringIO, allowed: AllowList) -> None:
        self._written, self.allowed = written, allowed

    @property
    def text(self) -> str:
        """Everything, as it was written."""
        return self._written.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line, as JSON."""
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log(clock: StandingClock) -> Iterator[Log]:
    """Let this process log to memory, and put everything back."""
    with logged("sample", clock) as heard:
        yield Log(*heard)


def test_a_line_has_what_operators_need(log: Log) -> None:
    """A line says what, when by our clock, how grave, and which service."""
    structlog.get_logger().info("relayed", position=7)
    assert log.lines == [
        {
            "event": "relayed",
            "position": 7,
            "service": "sample",
            "level": "info",
            "time": "2021-06-04T12:00:00.000000Z",
        }
    ]


def test_other_keys_are_dropped_and_counted(log: Log) -> None:
    """A key that is not on the list is not written, nor is a value that is no plain one."""
    structlog.get_logger().info("read", name=CANARY, unit=CANARY, status={"of": CANARY})
    assert log.lines[0]["dropped"] == 3
    assert log.allowed.dropped == 3
    assert CANARY not in log.text


def test_a_long_value_is_dropped(log: Log) -> None:
    """Free text does not fit into a log line."""
    structlog.get_logger().info("read", problem="x" * 201)
    assert "problem" not in log.lines[0]


def _fail() -> NoReturn:
    raise ValueError(CANARY)


def test_an_exception_is_told_by_kind_and_place(log: Log) -> None:
    """What an exception says may quote a person; where it came from does not."""
    try:
        _fail()
    except ValueError:
        structlog.get_logger().exception("unexpected")
        logging.getLogger("sqlalchemy").exception("failed for %s", CANARY)
    assert [line["error"] for line in log.lines] == ["ValueError", "ValueError"]
    assert all("tests/api/test_what_is_logged.py:" in line["at"] for line in log.lines)
    assert CANARY not in log.text


def test_a_librarys_words_are_not_repeated(log: Log) -> None:
    """Libraries put values into their messages, so only who spoke and where is written."""
    logging.getLogger("asyncio").error(f"{CANARY} %s", CANARY)  # noqa: G004 - as libraries do
    logging.getLogger("nats").info("not grave enough")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(CANARY, stacklevel=1)
    assert [line["logger"] for line in log.lines] == ["asyncio", "py.warnings"]
    assert CANARY not in log.text


def test_our_own_sentences_are_written_without_what_they_were_about(log: Log) -> None:
    """Our code and the server log constant sentences; what is filled into them is left out."""
    logging.getLogger("shared.messaging.bus").info("%s lost the bus", CANARY)
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 1)
    assert [line["event"] for line in log.lines] == [
        "%s lost the bus",
        "Started server process [%d]",
    ]


async def test_a_request_is_one_line_without_ids(log: Log) -> None:
    """A request is logged by the template of its route, within its trace; a fault says where."""

    async def door() -> None:
        raise ValueError(CANARY)

    async with asking(service({"/no": door})) as client:
        await client.get(
            f"/v1/referrals/{A_REFERRAL}/trace?name={CANARY}", headers={"X-Name": CANARY}
        )
        await client.request("ANNA", "/no")
        await client.get("/no")
        await client.get("/healthz")
    lines = log.lines
    assert [line["event"] for line in lines] == ["request", "request", "unexpected", "request"]
    assert lines[0]["route"] == "/v1/referrals/{referral_id}/trace"
    assert (lines[0]["status"], lines[1]["method"], lines[3]["status"]) == (200, "other", 500)
    assert lines[2]["trace_id"] == lines[3]["trace_id"] != lines[0]["trace_id"]
    assert lines[2]["error"] == "ValueError"
    assert CANARY not in log.text
    assert str(A_REFERRAL) not in log.text
