"""What an expression in PromQL asks for, read as far as tests need it: metrics and labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*"|[A-Za-z_:][\w:]*|\d+(?:\.\d+)?[smhd]?|[<>!=]=|=~|!~|[-+*/<>=(){}\[\],]|\S'
)
NAME = re.compile(r"[A-Za-z_:][\w:]*")
FUNCTIONS = frozenset({"sum", "max", "min", "rate", "increase", "histogram_quantile"})
WORDS = frozenset({"by", "or", "and", "unless"})
CLOSES = {")": "(", "]": "[", "}": "{"}


class NotPromQL(ValueError):
    """An expression that cannot be read."""


@dataclass
class Query:
    """What one expression asks for."""

    metrics: set[str] = field(default_factory=set)
    matched: set[tuple[str, str]] = field(default_factory=set)
    """A metric, and a label that it is chosen by."""
    grouped: set[str] = field(default_factory=set)
    """Labels that results are grouped by."""


def read(expression: str) -> Query:
    """Give what *expression* asks for. Raises ``NotPromQL``."""
    tokens = TOKEN.findall(expression)
    _demand_balance(tokens)
    query, inside, metric = Query(), "", ""
    for token, after in pairwise([*tokens, ""]):
        if token in {"{", "["}:
            inside = token
        elif token in {"}", "]"} or (token == ")" and inside == "by"):
            inside = ""
        elif token == "by":
            inside = "by"
        elif NAME.fullmatch(token):
            metric = _named(query, inside, token, after) or metric
            if inside == "{":
                query.matched.add((metric, token))
    return query


def _named(query: Query, inside: str, token: str, after: str) -> str | None:
    """Note what the name *token* is; give it where it is a metric."""
    if inside == "{" or token in WORDS:
        return None
    if inside == "by":
        query.grouped.add(token)
        return None
    if token in FUNCTIONS or after == "(":
        if token not in FUNCTIONS or after not in {"(", "by"}:
            raise NotPromQL(f"{token} is no function known here, or is not called")
        return None
    query.metrics.add(token)
    return token


def _demand_balance(tokens: list[str]) -> None:
    opened = list[str]()
    for token in tokens:
        if token in CLOSES.values():
            opened.append(token)
        elif token in CLOSES and (not opened or opened.pop() != CLOSES[token]):
            raise NotPromQL(f"{token} closes nothing")
    if opened or not tokens:
        raise NotPromQL("is not closed")


def unknown(expression: str, shown: dict[str, set[str]], of_targets: set[str]) -> Iterator[str]:
    """Give every metric and label that *expression* names and nobody shows.

    *shown* has the labels of each metric, *of_targets* those that Prometheus adds to all.
    """
    query = read(expression)
    for metric in sorted(query.metrics - shown.keys()):
        yield f"no metric {metric}"
    for metric, label in sorted(query.matched):
        if label not in shown.get(metric, set()) | of_targets:
            yield f"no label {label} on {metric}"
    had = of_targets.union(*(shown.get(metric, set()) for metric in query.metrics))
    yield from (f"no label {label}" for label in sorted(query.grouped - had))
