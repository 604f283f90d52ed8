"""How far everything is behind, as numbers for an operator: no ids, no units, no programmes."""

import math
from collections.abc import Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shared.messaging.consumer import Consumer
from shared.messaging.relay import Relay
from shared.projections.runner import Runner
from shared.serving.measuring import Measuring

NEVER = -1.0
"""Shown where something was never heard from: Prometheus rules compare numbers, not infinities."""


class Gauges(Collector):
    """Asks relay, runner and followers at each scrape; nothing is worked out in between."""

    def __init__(
        self, relay: Relay, runner: Runner, measured: Measuring, consumers: Sequence[Consumer]
    ) -> None:
        self._relay, self._runner, self._measured = relay, runner, measured
        self._consumers = consumers

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the figures of this moment."""
        yield GaugeMetricFamily(
            "kredslob_relay_position", "Last position known to be on the bus.", self._relay.position
        )
        yield GaugeMetricFamily(
            "kredslob_relay_trouble", "1 while nothing goes out.", float(bool(self._relay.problem))
        )
        yield GaugeMetricFamily(
            "kredslob_views_trouble",
            "1 while views stand still.",
            float(bool(self._runner.trouble)),
        )
        yield from self._own()
        yield from self._follows()

    def _own(self) -> Iterator[GaugeMetricFamily]:
        """Give how far the own views and the relay were behind when that was last measured."""
        views, unrelayed = self._measured.views, self._measured.unrelayed
        events, seconds, age = views or (NEVER, NEVER, NEVER)
        told = {
            "kredslob_views_lag_events": ("Facts not in the own views.", events),
            "kredslob_views_lag_seconds": ("Age of the oldest of them.", seconds),
            "kredslob_views_head_age_seconds": ("Since the store was last read.", age),
            "kredslob_relay_lag_events": (
                "Facts not on the bus, up to 500.",
                NEVER if unrelayed is None else unrelayed,
            ),
        }
        for name, (what, value) in told.items():
            yield GaugeMetricFamily(name, what, value if math.isfinite(value) else NEVER)

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
