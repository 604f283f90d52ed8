"""Reading the rulebook's files: plain JSON values, and for each of them the line it stands on."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import yaml
from pydantic import JsonValue

Place = tuple[str | int, ...]
"""Where a value stands in a file: keys and list indexes from the top."""

DISTRICT_FILE = "district.yaml"
PROGRAMMES = "programmes"
PURPOSES_FILE = "purposes.yaml"
POLICIES = "policies"
SCHEMA_FILE = "schema.cedarschema"

_WORDS: Mapping[str, JsonValue] = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_READER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # ten times as fast where it is built
_PLAIN_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}


class FaultyYaml(ValueError):
    """A file that cannot be read: which rule it breaks, on which line (from 1), and where."""

    def __init__(self, rule: str, line: int, what: str) -> None:
        super().__init__(what)
        self.rule, self.line, self.what = rule, line, what


@dataclass(frozen=True, slots=True)
class Document:
    """One file's content and, by place, the lines its values stand on."""

    file: Path
    content: JsonValue
    lines: Mapping[Place, int] = field(repr=False)

    def line_of(self, place: Place) -> int:
        """The line of the value at *place*, or of the closest thing around it that exists."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_document(file: Path) -> Document:
    """One YAML file as JSON values. Only true, false, null and decimal numbers are not text.

    So ``no`` and ``2021-01-26`` and ``0751`` stay as written. Raises FaultyYaml or OSError.
    """
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), _READER)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        raise FaultyYaml("yaml", mark.line + 1 if mark else 1, fault.problem or "") from fault
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise FaultyYaml("yaml", 1, "not UTF-8 text") from fault
    if root is None:
        raise FaultyYaml("yaml", 1, "the file is empty")
    lines: dict[Place, int] = {}
    return Document(file, _value(root, (), lines, ()), lines)


def rulebook_files(directory: Path) -> tuple[list[Path], list[Path]]:
    """The district files (there should be one) and the programme files of a rulebook."""
    districts = sorted(directory.glob(f"*/{DISTRICT_FILE}"))
    return districts, sorted((directory / PROGRAMMES).glob("*.yaml"))


def policy_files(directory: Path) -> tuple[Path, list[Path]]:
    """Where the schema of a rulebook's policies stands, and the files of policies themselves."""
    policies = directory / POLICIES
    return policies / SCHEMA_FILE, sorted(policies.glob("*.cedar"))


def read_policies(directory: Path) -> dict[str, JsonValue]:
    """The text of the policies and their schema; a file that is not there is empty.

    Raises FaultyYaml where a file is no UTF-8 text, or OSError.
    """
    schema, files = policy_files(directory)
    texts: dict[str, JsonValue] = {file.stem: _text(file) for file in files}
    return {"schema": _text(schema) if schema.exists() else "", "files": texts}


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise FaultyYaml("cedar-syntax", 1, f"{file.name} is not UTF-8 text") from fault


def _value(
    node: yaml.Node, place: Place, lines: dict[Place, int], around: tuple[yaml.Node, ...]
) -> JsonValue:
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if any(node is outer for outer in around):
        raise FaultyYaml("yaml", line, "an alias within itself")
    if node.tag != _PLAIN_TAGS[type(node)]:
        raise FaultyYaml("yaml", line, f"the tag {node.tag}")
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    inner = (*around, node)
    if isinstance(node, yaml.SequenceNode):
        return [_value(n, (*place, i), lines, inner) for i, n in enumerate(node.value)]
    return {key: _value(n, (*place, key), lines, inner) for key, n in _pairs(node, place, lines)}


def _pairs(
    node: yaml.Node, place: Place, lines: dict[Place, int]
) -> Iterator[tuple[str, yaml.Node]]:
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise FaultyYaml("yaml", line, "a key that is not text")
        if key.value in seen:
            raise FaultyYaml("duplicate-key", line, str(key.value))
        seen.add(key.value)
        lines[(*place, key.value)] = line
        yield key.value, value


def _scalar(node: yaml.ScalarNode) -> JsonValue:
    text = cast("str", node.value)
    if node.style:  # quoted, or a block: text as written
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
