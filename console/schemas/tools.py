"""The rules of a file of tools: what a Lambda target of AgentCore Gateway takes.

Such a file is a mapping with `InlinePayload`, the tools by the names that CloudFormation has for
their parts. A rule is broken where a finding says, with how to correct it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from console.schemas.source import Pointer
from console.schemas.view import mapping, sequence, shown
from shared.schemas import TYPES

PAYLOAD = "InlinePayload"
SEPARATOR = "___"
"""What stands between the names of target and tool where a model reads them."""

_MAX_NAME_LENGTH = 64
_NAME = re.compile(r"[0-9a-zA-Z_-]+")
_ARGUMENT_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_KEYWORDS = ("Type", "Properties", "Required", "Items", "Description")
_PARTS = {"Name": True, "Description": True, "InputSchema": True, "OutputSchema": False}
"""The parts of a tool, and whether each must be there."""

RULES = {
    "tool-parts": "A tool has Name, Description, InputSchema and, if it says it, OutputSchema.",
    "tool-name": "A model reads target___tool, and takes 64 letters, digits, _ and - for it.",
    "tool-repeated": "A tool's name is used once in a target.",
    "tool-keyword": f"A schema of a tool has only {', '.join(_KEYWORDS)}.",
    "tool-type": f"A schema of a tool has one Type of {', '.join(TYPES)}; a list says of what.",
    "tool-required": "Every name in Required is among the Properties.",
    "tool-input": "What a tool takes is an object of described arguments.",
}
"""Why each rule is there, by its id."""

Breach = tuple[str, Pointer, str]
"""The rule, where it is broken, and what is wrong with how to correct it."""


def breaches(content: Mapping[str, Any], target: str) -> Iterator[Breach]:
    """Check the tools of a target of this name."""
    tools = content.get(PAYLOAD)
    if not isinstance(tools, list) or not tools:
        yield "tool-parts", (PAYLOAD,), "there is no tool; write a list of tools here"
    names: set[Any] = set()
    for index, tool in enumerate(map(mapping, sequence(tools))):
        here = (PAYLOAD, index)
        yield from _of_parts(tool, here)
        name = tool.get("Name")
        if isinstance(name, str):
            yield from _of_name(name, target, (*here, "Name"))
            if name in names:
                yield "tool-repeated", (*here, "Name"), f"{shown(name)} is there already; rename it"
            names.add(name)
        yield from _of_input(mapping(tool.get("InputSchema")), (*here, "InputSchema"))
        for part in ("InputSchema", "OutputSchema"):
            if part in tool:
                yield from _of_schema(tool[part], (*here, part))


def label(content: Mapping[str, Any], pointer: Pointer) -> str:
    """Return the name of the tool that a finding is about, or `-`."""
    tools = sequence(content.get(PAYLOAD))
    index = pointer[1] if len(pointer) > 1 else None
    tool = mapping(tools[index]) if isinstance(index, int) else {}
    name = tool.get("Name")
    return name if isinstance(name, str) and name else "-"


def _of_parts(tool: Mapping[str, Any], here: Pointer) -> Iterator[Breach]:
    for part, is_needed in _PARTS.items():
        if is_needed and not tool.get(part):
            yield "tool-parts", (*here, part), f"a tool needs `{part}`; write it"
    for part in tool:
        if part not in _PARTS:
            text = f"a tool has no {shown(part)}; write one of {', '.join(_PARTS)}, or remove it"
            yield "tool-parts", (*here, part), text


def _of_name(name: str, target: str, here: Pointer) -> Iterator[Breach]:
    if SEPARATOR in name or not _NAME.fullmatch(name):
        text = f"a tool cannot be called {shown(name)}; use letters, digits, - and single _"
        yield "tool-name", here, text
    called = f"{target}{SEPARATOR}{name}"
    if len(called) > _MAX_NAME_LENGTH:
        text = f"a model would read {shown(called)}, which is longer than 64; shorten it"
        yield "tool-name", here, text


def _of_input(schema: Mapping[str, Any], here: Pointer) -> Iterator[Breach]:
    if schema.get("Type") != "object":
        yield "tool-input", (*here, "Type"), "what a tool takes is not an object; write `object`"
    for name, argument in mapping(schema.get("Properties")).items():
        at = (*here, "Properties", name)
        if not _ARGUMENT_NAME.fullmatch(name):
            text = f"an argument cannot be called {shown(name)}; use letters, digits, _, . and -"
            yield "tool-input", at, text
        said = mapping(argument).get("Description")
        if not isinstance(said, str) or not said.strip():
            yield "tool-input", at, f"{shown(name)} has no Description; say what it is"


def _of_schema(schema: Any, here: Pointer) -> Iterator[Breach]:
    schema = mapping(schema)
    for keyword in schema:
        if keyword not in _KEYWORDS:
            text = f"{shown(keyword)} is not read; say it in the Description, or remove it"
            yield "tool-keyword", (*here, keyword), text
    kind = schema.get("Type")
    if kind not in TYPES:
        said = "missing" if kind is None else shown(kind)
        yield "tool-type", (*here, "Type"), f"the Type is {said}; write one of {', '.join(TYPES)}"
    properties = mapping(schema.get("Properties"))
    for index, name in enumerate(sequence(schema.get("Required"))):
        if name not in properties:
            text = f"{shown(name)} is required and no property; describe it, or leave it out"
            yield "tool-required", (*here, "Required", index), text
    for name, field in properties.items():
        yield from _of_schema(field, (*here, "Properties", name))
    if "Items" in schema:
        yield from _of_schema(schema["Items"], (*here, "Items"))
    elif kind == "array":
        yield "tool-type", (*here, "Type"), "this list has no Items; say of what it is a list"
