"""The text of the policies: what a question consists of, and a file taken apart into policies."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import ConfigDict, Field, JsonValue

from shared.rulebook.entries import Entry
from shared.rulebook.hashing import hash_of

Action = Literal[
    "see", "change", "reveal", "approve", "break_glass", "review", "oversee", "explain"
]
ACTIONS: tuple[Action, ...] = get_args(Action)

SCHEMA = f"""
entity Office, Category;
entity Purpose in [Purpose];
type Circumstances = {{
  role: String, purpose: Purpose, space: String, existence: String, day: Long
}};
action {", ".join(ACTIONS)} appliesTo {{
  principal: [Office], resource: [Category], context: Circumstances
}};
"""
"""The schema as ``shared.rulebook.policies.Question`` has it: the rulebook's must say the same."""

_TOKEN = re.compile(
    r'(?P<comment>//[^\n]*)|"(?:\\.|[^"\\])*"|(?P<space>\s+)|(?P<end>;)|.', re.DOTALL
)


class PolicyFiles(Entry):
    """The schema and, by their names, the files of policies, as the activation carries them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_by_name=True)

    declared: Annotated[str, Field(alias="schema")]
    files: dict[str, str]

    @property
    def normal(self) -> JsonValue:
        """The same without comments and layout, which name no other version of the rules.

        The engine's own form is not used: another engine would rename what was put in force.
        """
        files: dict[str, JsonValue] = {
            name: [plain(each.text) for each in statements(text)]
            for name, text in self.files.items()
        }
        return {"schema": plain(self.declared), "files": files}

    @property
    def hash(self) -> str:
        """The name of these policies: 64 hexadecimal digits."""
        return hash_of(self.normal)


class Statement(NamedTuple):
    """One policy of a file as it is written, and the line (from 1) it begins on."""

    line: int
    text: str

    def line_of(self, fault: str) -> int:
        """The line of the only place that holds what *fault* puts between `s; else the first."""
        named = re.search(r"`([^`]+)`", fault)
        if named is None or self.text.count(named[1]) != 1:
            return self.line
        return self.line + self.text.count("\n", 0, self.text.index(named[1]))


def statements(text: str) -> Iterator[Statement]:
    """The policies of a file, each up to its semicolon; what is left at the end is one as well."""
    start: int | None = None
    for token in _TOKEN.finditer(text):
        if start is None and not token["comment"] and not token["space"]:
            start = token.start()
        if token["end"] and start is not None:
            yield _statement(text, start, token.end())
            start = None
    if start is not None:
        yield _statement(text, start, len(text))


def plain(text: str) -> str:
    """The text without comments, and with one space where there was any white space."""
    kept: list[str] = []
    for token in _TOKEN.finditer(text):
        piece = " " if token["comment"] or token["space"] else token[0]
        if piece != " " or (kept and kept[-1] != " "):
            kept.append(piece)
    return "".join(kept).strip()


def _statement(text: str, start: int, end: int) -> Statement:
    return Statement(text.count("\n", 0, start) + 1, text[start:end])
