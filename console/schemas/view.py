"""An OpenAPI document as the rules look at it, whatever it is made of.

Nothing here trusts the structure: what is not there, or not of the expected kind, is empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.schemas.source import Pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
BODYLESS_METHODS = ("get", "delete", "head")

_MAX_SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Document:
    """One file that is a mapping, and the action group that it describes."""

    file: str
    group: str
    content: Mapping[str, Any]

    @property
    def is_swagger(self) -> bool:
        """Whether the file is of the version before OpenAPI 3."""
        return "swagger" in self.content and "openapi" not in self.content

    @property
    def path_items(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The path items by path; one that is no mapping is empty."""
        for path, item in mapping(self.content.get("paths")).items():
            if not path.startswith("x-"):
                yield path, mapping(item)

    @property
    def operations(self) -> Iterator["OperationObject"]:
        """The operations of every path, whatever they hold."""
        for path, item in self.path_items:
            for method in METHODS:
                if method in item:
                    yield OperationObject(self, path, method, item, mapping(item[method]))


@dataclass(frozen=True, slots=True)
class OperationObject:
    """One method of one path."""

    document: Document
    path: str
    method: str
    path_item: Mapping[str, Any]
    content: Mapping[str, Any]

    @property
    def pointer(self) -> Pointer:
        """Where the operation is in its file."""
        return ("paths", self.path, self.method)

    @property
    def id(self) -> str | None:
        """The operationId, if it is text."""
        value = self.content.get("operationId")
        return value if isinstance(value, str) and value else None

    @property
    def label(self) -> str:
        """How findings call the operation."""
        return self.id or f"{self.method.upper()} {self.path}"

    @property
    def parameters(self) -> list[tuple[Pointer, Mapping[str, Any]]]:
        """The parameters written out here, and those of the path that it does not override."""
        own = list(_entries(self.content.get("parameters"), (*self.pointer, "parameters")))
        overridden = [_identity(parameter) for _, parameter in own]
        shared = _entries(self.path_item.get("parameters"), ("paths", self.path, "parameters"))
        kept = [entry for entry in shared if _identity(entry[1]) not in overridden]
        return [entry for entry in (*kept, *own) if "$ref" not in entry[1]]

    @property
    def refers_to_parameters(self) -> bool:
        """Whether some parameters are elsewhere, so that not all of them are known here."""
        lists = (self.path_item.get("parameters"), self.content.get("parameters"))
        return any("$ref" in mapping(entry) for entries in lists for entry in sequence(entries))

    @property
    def takes_body(self) -> bool:
        """Whether the method may have a body, and has one written out here."""
        body = self.content.get("requestBody")
        if self.method in BODYLESS_METHODS:
            return False
        return isinstance(body, Mapping) and "$ref" not in body

    @property
    def body_schemas(self) -> list[tuple[Pointer, Mapping[str, Any]]]:
        """The schema of each kind of body."""
        content = mapping(mapping(self.content.get("requestBody")).get("content"))
        at = (*self.pointer, "requestBody", "content")
        return [
            ((*at, kind, "schema"), mapping(mapping(media).get("schema")))
            for kind, media in content.items()
            if self.takes_body
        ]

    @property
    def body_properties(self) -> list[tuple[Pointer, str, Mapping[str, Any]]]:
        """The fields at the top of the body: where, name and schema."""
        return [
            ((*pointer, "properties", name), name, mapping(field))
            for pointer, schema in self.body_schemas
            for name, field in mapping(schema.get("properties")).items()
        ]

    @property
    def argument_schemas(self) -> Iterator[tuple[Pointer, str, Mapping[str, Any]]]:
        """The schema of everything that the agent fills in: where, name and schema."""
        for pointer, parameter in self.parameters:
            yield (*pointer, "schema"), name_of(parameter), mapping(parameter.get("schema"))
        yield from self.body_properties


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def shown(value: Any) -> str:
    """Return a value of the file as a message quotes it: short, in backticks."""
    text = str(value)
    return f"`{text if len(text) <= _MAX_SHOWN_LENGTH else text[:_MAX_SHOWN_LENGTH] + '...'}`"


def _entries(value: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    for index, entry in enumerate(sequence(value)):
        if isinstance(entry, Mapping):
            yield (*pointer, index), entry


def _identity(parameter: Mapping[str, Any]) -> tuple[str, str]:
    return str(parameter.get("name")), str(parameter.get("in"))


def name_of(parameter: Mapping[str, Any]) -> str:
    """Return the parameter's name, or what a message says without one."""
    return str(parameter.get("name", "(no name)"))
