"""Without a collector nothing is exported, nothing is loaded for it, and a wrong one is refused."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from shared.api.exporting import OF_ALL, OF_TRACES, NoCollectorThere, export_spans, is_configured
from shared.api.spans import SPANS, Kind, Place, Span
from shared.api.tracing import continued
from shared.platform.supervising import ROOT
from tests.api.sample import service

LOADED = """
import asyncio, sys
import services.audit.app, services.councils.app, services.referrals.app, shared.serving.serve
from shared.api.exporting import export_spans
from tests.api.sample import service

async def live(app):
    async with app.router.lifespan_context(app):
        pass

app = service()
export_spans(app, "sample", {environ})
asyncio.run(live(app))
wanted = ("opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "requests")
print(*sorted(name for name in wanted if name in sys.modules))
"""


def loaded(environ: Mapping[str, str]) -> list[str]:
    """Give the parts of the exporting libraries that a process of its own has loaded."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED.replace("{environ}", repr(dict(environ)))],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return told.stdout.split()


def test_nothing_is_loaded_unless_asked_for() -> None:
    """No memory is paid for exporting by who does not export."""
    assert loaded({}) == []


def test_it_is_loaded_where_asked_for() -> None:
    """With a collector named the libraries are there, so the test above would see them."""
    assert loaded({OF_ALL: "http://127.0.0.1:9"}) == [
        "opentelemetry.exporter",
        "opentelemetry.proto",
        "opentelemetry.sdk",
        "requests",
    ]


@pytest.mark.parametrize(
    "environ",
    [{}, {OF_ALL: ""}, {OF_TRACES: ""}, {"OTEL_SERVICE_NAME": "made-up"}],
)
def test_without_an_address_there_is_no_export(environ: Mapping[str, str]) -> None:
    """A variable that is missing or empty names nobody; the application is left as it was."""
    app = service()
    before = app.router.lifespan_context
    export_spans(app, "sample", environ)
    assert app.router.lifespan_context is before
    assert not is_configured(environ)
    assert continued(None).flags == "00"


@pytest.mark.parametrize(
    "address",
    ["collector:4318", "ftp://collector", "http://", "http://[::1", "nonsense", "grpc://x"],
)
@pytest.mark.parametrize("name", [OF_ALL, OF_TRACES])
def test_a_wrong_address_is_refused_at_the_start(name: str, address: str) -> None:
    """Who runs it is told what is wrong and how to mend it, and not what was written there."""
    with pytest.raises(NoCollectorThere) as refused:
        export_spans(service(), "sample", {name: address})
    assert refused.value.found == name
    assert "http://host:4318" in refused.value.words().en
    assert "http://host:4318" in refused.value.words().da


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("http.route", "/referrals/5b1c0a52-0000-4000-8000-000000000000"),
        ("http.route", "/referrals/010190-1234"),
        ("http.route", "/referrals?navn=anna"),
        ("http.request.method", "ANNA"),
        ("http.response.status_code", 1_000),
        ("kredslob.fact", "referral.sent.v1 om Anna"),
        ("kredslob.policy", "Anna Andersen"),
        ("kredslob.consumer", "0101901234"),
        ("kredslob.source", "x" * 21),
        ("error.type", "OSError: anna"),
        ("kredslob.unit", "favrskov-ssp"),
        ("kredslob.programme", "psp"),
        ("url.path", "/referrals"),
        ("enduser.id", "9dbdd26ffccd"),
    ],
)
def test_what_is_not_on_the_list_is_left_out(name: str, value: str | int) -> None:
    """A name that is not allowed, or a value without the form of its name, is not told."""
    span = Span(Place("a" * 32, "b" * 16, ""), Kind.SERVER, 0, 1, {name: value})
    assert span.attributes == {}
    assert span.name == "step"


def test_who_listens_is_told_until_they_leave() -> None:
    """A listener hears what is told while its block lasts, and nobody hears the rest."""
    heard = list[Span]()
    span = Span(Place("a" * 32, "b" * 16, ""), Kind.INTERNAL, 0, 1, {"kredslob.policy": "tidying"})
    SPANS.tell(span)
    with SPANS.to(heard.append):
        assert continued(None).flags == "01"
        SPANS.tell(span)
    SPANS.tell(span)
    assert heard == [span]
    assert not SPANS.wanted
