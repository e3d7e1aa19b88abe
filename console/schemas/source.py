"""A schema file as plain values, with the line that each of them came from."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 64
"""Levels of nesting; a schema of the profile has about fifteen."""

RULES = {
    "yaml-syntax": "The file is one document of plain YAML or JSON.",
    "json-syntax": "A file that is called .json is JSON: it is read by its name.",
    "yaml-alias": "No YAML aliases: CloudFormation, which includes the file, does not read them.",
    "duplicate-key": "A key is written once: of two, a parser silently drops one.",
    "document-shape": "The file is a mapping at the top, not empty, a list or a text.",
}

_PREFIX = "tag:yaml.org,2002:"
_TEXT_TAGS = {f"{_PREFIX}{name}" for name in ("str", "timestamp", "merge", "value")}
_TYPED_TAGS = {f"{_PREFIX}{name}" for name in ("null", "bool", "int", "float")}
_COLLECTION_TAGS = {f"{_PREFIX}{name}" for name in ("map", "seq")}

Pointer = tuple[str | int, ...]
"""The keys and indexes that lead from the top of the document to a value."""


class Unreadable(Exception):
    """The file cannot be read as text; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a file before it can be read as OpenAPI."""

    rule: str
    line: int
    text: str


@dataclass(slots=True)
class Source:
    """A parsed file; without `content` when it cannot be read as a mapping."""

    content: dict[str, Any] | None = None
    flaws: list[Flaw] = field(default_factory=list)
    lines: dict[Pointer, int] = field(default_factory=dict)

    def line_of(self, pointer: Pointer) -> int:
        """Return the line of the value, or of what would hold it when it is missing."""
        while pointer and pointer not in self.lines:
            pointer = pointer[:-1]
        return self.lines.get(pointer, 1)


def read_text(path: Path) -> str:
    """Return the text of a file. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise Unreadable(f"{path}: cannot be read: it is larger than {MAX_FILE_BYTES} bytes")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path}: cannot be read: it is not text in UTF-8") from None


def parse(text: str, *, is_json: bool = False) -> Source:
    """Parse YAML or JSON, or JSON alone. Every text has an outcome: values, flaws, or both."""
    source = Source()
    wrong = _json_flaw(text)
    if wrong is None:
        text = text.replace("\t", " ")  # YAML takes no tabs; within JSON they only separate
    elif is_json:
        source.flaws.append(wrong)
        return source
    try:
        flaw = _flaw_of_events(text)
        if flaw is not None:
            source.flaws.append(flaw)
            return source
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        source.flaws.append(_syntax_flaw(error, text))
        return source
    content = None if node is None else _Reader(source).value_of(node, ())
    if any(flaw.rule == "yaml-syntax" for flaw in source.flaws):
        return source
    if isinstance(content, dict):
        source.content = content
    else:
        what = "is empty" if content is None else "is not a mapping at the top"
        text = f"the file {what}; begin with `openapi: 3.0.0`, `info:` and `paths:`"
        source.flaws.append(Flaw("document-shape", 1, text))
    return source


def _json_flaw(text: str) -> Flaw | None:
    """Tell why the text is no JSON, or None when it is."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no value of JSON")

    try:
        json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        fix = "correct it, or call the file .yaml"
        return Flaw("json-syntax", line, f"this is not JSON: {what}; {fix}")
    return None


def _flaw_of_events(text: str) -> Flaw | None:
    """Find what would make the tree of values unbounded, before it is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            what = f"`*{event.anchor}` is an alias; write out here what it stands for"
            return Flaw("yaml-alias", line, what)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            what = f"values are nested more than {MAX_DEPTH} levels deep; flatten them"
            return Flaw("yaml-syntax", line, what)
    return None


def _syntax_flaw(error: yaml.YAMLError, text: str) -> Flaw:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line = error.problem_mark.line + 1
        what = error.problem or "it does not parse"
    else:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        what = getattr(error, "reason", "it does not parse")
    return Flaw("yaml-syntax", line, f"this is not YAML or JSON: {what}; correct this line")


class _Reader:
    """Turns nodes into values: every key as text, as in JSON, and a date as the text it is."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._constructor = yaml.constructor.SafeConstructor()

    def value_of(self, node: yaml.Node, pointer: Pointer) -> Any:
        self._source.lines[pointer] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node.tag not in _COLLECTION_TAGS:
            self._refuse(node, f"the tag {node.tag} is not plain YAML; leave it out")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer)
        return [self.value_of(item, (*pointer, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, pointer: Pointer) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, "a key must be text; write a word before the colon")
                continue
            if key.value in values:
                what = f"`{key.value}` is written twice here; keep one"
                self._source.flaws.append(Flaw("duplicate-key", key.start_mark.line + 1, what))
            here = (*pointer, key.value)
            values[key.value] = self.value_of(value, here)
            self._source.lines[here] = key.start_mark.line + 1
        return values

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        if node.tag in _TYPED_TAGS:
            try:
                return self._constructor.construct_object(node)
            except (ValueError, KeyError):
                self._refuse(node, f"`{node.value}` is not what its tag says; write it in quotes")
        elif node.tag not in _TEXT_TAGS:
            self._refuse(node, f"the tag {node.tag} is not plain YAML; leave it out")
        return node.value

    def _refuse(self, node: yaml.Node, what: str) -> None:
        self._source.flaws.append(Flaw("yaml-syntax", node.start_mark.line + 1, what))
