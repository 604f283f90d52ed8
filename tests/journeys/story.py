"""The story of the Østjylland plan, told by requests. All persons and routings are made up."""

from collections.abc import Awaitable, Callable

from tests.journeys.scenes.board import board
from tests.journeys.scenes.committee import committee
from tests.journeys.scenes.concern import concern
from tests.journeys.scenes.offices import offices
from tests.journeys.scenes.oversight import auditor, outsider, who_saw
from tests.journeys.scenes.safeguards import emergency, taken_back
from tests.journeys.scenes.way_out import way_out
from tests.journeys.world import World

Scene = Callable[[World], Awaitable[None]]

SCENES: tuple[tuple[str, Scene], ...] = (
    ("hverv", offices),
    ("a", concern),
    ("b", committee),
    ("c", board),
    ("d", way_out),
    ("e", outsider),
    ("f", auditor),
    ("g", emergency),
    ("h", taken_back),
    ("i", who_saw),
)
