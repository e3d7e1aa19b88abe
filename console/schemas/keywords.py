"""Where a document has keywords of schemas, as against names and data that only look like them."""

from collections.abc import Iterator, Mapping
from typing import Any

from console.schemas.source import Pointer
from console.schemas.view import Document, mapping, sequence

_NOT_INLINE = ("$ref", "anyOf", "oneOf", "allOf")
_NAME_MAPS = frozenset(
    {
        *("properties", "patternProperties", "paths", "responses", "content", "headers", "schemas"),
        *("parameters", "requestBodies", "links", "callbacks", "encoding"),
    }
)
"""Keywords whose mapping has names chosen by the author for keys."""
_DATA = frozenset({"example", "examples", "default", "enum", "const"})
"""Keywords whose value is data, not schema."""


def keywords_in(document: Document, keywords: tuple[str, ...]) -> Iterator[Pointer]:
    """Find these keywords of schemas, and not author's names or data that look like them."""
    for part in ("paths", "components"):
        holder = document.content.get(part)
        yield from _found(holder, (part,), keywords, holds_names=part == "paths")


def schemas_with(document: Document, keyword: str) -> Iterator[tuple[Pointer, Mapping[str, Any]]]:
    """Yield what has this keyword, and where it is."""
    for *at, _ in keywords_in(document, (keyword,)):
        holder: Any = document.content
        for key in at:
            holder = holder[key]
        yield tuple(at), holder


def _found(
    value: Any, pointer: Pointer, keywords: tuple[str, ...], *, holds_names: bool
) -> Iterator[Pointer]:
    for index, item in enumerate(sequence(value)):
        yield from _found(item, (*pointer, index), keywords, holds_names=False)
    for key, item in mapping(value).items():
        here = (*pointer, key)
        if not holds_names and key in keywords:
            yield here
        if holds_names or not (key in _DATA or key.startswith("x-")):
            names = not holds_names and key in _NAME_MAPS
            yield from _found(item, here, keywords, holds_names=names)


def is_plain(schema: Mapping[str, Any]) -> bool:
    """Tell whether the schema is written out here, so that what it lacks is really missing."""
    return not any(keyword in schema for keyword in _NOT_INLINE)
