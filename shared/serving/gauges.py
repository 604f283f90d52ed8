"""How far everything is behind, as numbers for an operator: no ids, no units, no programmes."""

import math
from collections.abc import Iterator, Mapping, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shared.messaging.relay import Relay
from shared.serving.measuring import Measuring
from shared.serving.settings import Role
from shared.serving.showing import Following, Shown

NEVER = -1.0
"""Shown where something was never heard from: Prometheus rules compare numbers, not infinities."""


class Gauges(Collector):
    """Asks relay, runner and followers at each scrape; nothing is worked out in between.

    What this process does not have is None, and not shown: one that only answers requests has no
    relay.
    """

    def __init__(
        self,
        relay: Relay | None,
        runner: Shown | None,
        measured: Measuring | None,
        consumers: Sequence[Following] = (),
        role: Role = Role.ALL,
    ) -> None:
        self._relay, self._runner, self._measured = relay, runner, measured
        self._consumers, self._role = consumers, role

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the figures of this moment."""
        roles = {each.value: float(each is self._role) for each in Role}
        yield _by("role", "kredslob_role", "1 for what this process was started as.", roles)
        if self._relay is not None:
            yield _one("kredslob_relay_position", "Last on the bus.", self._relay.position)
            trouble = float(bool(self._relay.problem))
            yield _one("kredslob_relay_trouble", "1 while nothing goes out.", trouble)
        if self._runner is not None:
            trouble = float(bool(self._runner.trouble))
            yield _one("kredslob_views_trouble", "1 while views stand still.", trouble)
        if self._measured is not None:
            yield from self._own(self._measured)
            yield from _waiting(self._measured)
        yield from self._follows()

    def _own(self, measured: Measuring) -> Iterator[GaugeMetricFamily]:
        """Give how far the own views and the relay were behind when that was last measured."""
        if self._runner is not None:
            events, seconds, age = measured.views or (NEVER, NEVER, NEVER)
            yield _one("kredslob_views_lag_events", "Facts not in own views, to 500.", events)
            yield _one("kredslob_views_lag_seconds", "Age of the oldest of them.", seconds)
            yield _one("kredslob_views_head_age_seconds", "Since the store was last read.", age)
        if self._relay is not None:
            waits = measured.unrelayed
            yield _one("kredslob_relay_lag_events", "Facts not on the bus, up to 500.", waits)

    def _follows(self) -> Iterator[GaugeMetricFamily]:
        named = ["source", "consumer"]
        events = GaugeMetricFamily("kredslob_lag_events", "Facts not applied.", labels=named)
        seconds = GaugeMetricFamily("kredslob_lag_seconds", "Age of the oldest.", labels=named)
        heard = GaugeMetricFamily(
            "kredslob_head_age_seconds", "Since the owner last said how far it is.", labels=named
        )
        for each in self._consumers:
            labels, age = [each.source, each.durable], each.head_age_seconds
            events.add_metric(labels, each.lag_events)
            seconds.add_metric(labels, each.lag_seconds)
            heard.add_metric(labels, age if math.isfinite(age) else NEVER)
        yield from (events, seconds, heard)


def _waiting(measured: Measuring) -> Iterator[GaugeMetricFamily]:
    """Give what was set aside, how full the disks are, and how old all that was measured is."""
    yield _one("kredslob_measured_age_seconds", "Since all was last measured.", measured.age)
    yield _one("kredslob_parked_facts", "Facts set aside.", measured.parked)
    free = {name: disk.free for name, disk in measured.disks.items()}
    size = {name: disk.size for name, disk in measured.disks.items()}
    yield _by("folder", "kredslob_disk_free_bytes", "Free where the folder is.", free)
    yield _by("folder", "kredslob_disk_size_bytes", "Size of that file system.", size)
    yield _by("file", "kredslob_file_bytes", "On disk, journal included.", measured.sizes)


def _one(name: str, what: str, value: float | None) -> GaugeMetricFamily:
    known = value is not None and math.isfinite(value)
    return GaugeMetricFamily(name, what, value if known else NEVER)


def _by(label: str, name: str, what: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=[label])
    for each, value in sorted(values.items()):
        family.add_metric([each], value)
    return family
