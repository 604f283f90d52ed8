"""A service on the made-up domain: ``python -m tests.serving.renewable rebuild``."""

from collections.abc import Sequence
from typing import Never

from shared.projections.parking import Decode
from shared.projections.projection import Projection
from shared.serving.commands import Service, commands
from shared.serving.keys import Keys
from shared.serving.settings import ServiceSettings
from tests.projections import ruled
from tests.projections.circles import SOURCE


def _no_doors(_settings: ServiceSettings) -> Never:
    raise NotImplementedError


def reads(_keys: Keys) -> tuple[Sequence[Projection], Decode]:
    """Give the read models that are made under rules."""
    return ruled.read_models(), ruled.decode


if __name__ == "__main__":
    commands(Service(SOURCE, ServiceSettings, _no_doors, reads, (ruled.RULES, SOURCE)))()
