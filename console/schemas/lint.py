"""The check of OpenAPI files against the profile, on top of what openapi-spec-validator finds.

Files of tools, which a gateway reads in place of OpenAPI, have rules of their own.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from openapi_spec_validator import OpenAPIV30SpecValidator as SpecValidator
from openapi_spec_validator.validation.exceptions import (
    DuplicateOperationIDError,
    ParameterDuplicateError,
    UnresolvableParameterError,
)

from console.schemas import rules, source, tools
from console.schemas.rules import Complaint
from console.schemas.source import Pointer, Source, Unreadable, read_text
from console.schemas.view import Document, OperationObject

__all__ = ["MAX_OPERATIONS", "RULES", "Finding", "Unreadable", "level_of", "lint", "read_text"]

_REPEATED_ID = "operation-id-repeated"
_COUNT = "operation-count"
_SPECIFICATION = "openapi-specification"

RULES: Mapping[str, str] = {
    **source.RULES,
    **rules.RULES,
    **tools.RULES,
    _REPEATED_ID: "An operationId is used once over all the files of an agent.",
    _COUNT: "All the files of an agent have no more operations than its quota allows.",
    _SPECIFICATION: "The file follows OpenAPI 3.0: what openapi-spec-validator finds.",
}
"""What each rule asks for, by its id."""

MAX_OPERATIONS = 11
"""Bedrock's default quota of APIs an agent, over all its action groups. AWS raises it on demand."""

_MAX_MESSAGE_LENGTH = 200
_WHOLE_FILE = "-"
_UNSPECIFIC = {"oneOf": math.inf, "anyOf": math.inf, "additionalProperties": 1}
"""Kinds of errors about a value whose cause is this many levels further down, at most."""
_SAID_BETTER = (DuplicateOperationIDError, ParameterDuplicateError, UnresolvableParameterError)


Level = Literal["refusal", "advice"]


def level_of(rule: str) -> Level:
    """Tell what a breach of a rule leads to."""
    return "advice" if rule in rules.ADVICE else "refusal"


class _Error(Protocol):
    """What is used here of an error of jsonschema, which has no types."""

    message: str
    validator: Any
    validator_value: Any
    absolute_path: Collection[str | int]
    context: list["_Error"] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule. `operation` is an operationId, `GET /path`, a path, or `-`."""

    file: str
    line: int
    operation: str
    rule: str
    text: str

    @property
    def level(self) -> Level:
        """Whether the schema is refused, or an agent's promise ignored, or only served worse."""
        return level_of(self.rule)

    def __str__(self) -> str:
        """Return the finding on one line, whatever characters the file holds."""
        where = f"{self.file}:{self.line}: {self.level}: {self.operation}"
        line = f"{where}: {self.rule}: {self.text}"
        return "".join(character if character.isprintable() else "?" for character in line)


def lint(
    texts: Mapping[str, str], group: str | None = None, max_operations: int = MAX_OPERATIONS
) -> list[Finding]:
    """Check the schema files of one agent, given by file name, and return the findings in order.

    An action group, or the target of tools, is called as its file, unless `group` names it.
    `max_operations` is the quota over all files of OpenAPI; 0 stands for any number.
    """
    parsed = {
        file: source.parse(text, is_json=file.lower().endswith(".json"))
        for file, text in texts.items()
    }
    documents = [
        Document(file, group or Path(file).stem, content.content)
        for file, content in parsed.items()
        if content.content is not None and tools.PAYLOAD not in content.content
    ]
    findings = [
        Finding(file, flaw.line, _WHOLE_FILE, flaw.rule, flaw.text)
        for file, content in parsed.items()
        for flaw in content.flaws
    ]
    for file, content in parsed.items():
        if content.content is not None and tools.PAYLOAD in content.content:
            findings.extend(_of_tools(file, group or Path(file).stem, content))
    for document in documents:
        findings.extend(_of_one(document, parsed[document.file]))
    findings.extend(_of_all(documents, parsed, max_operations))
    order = list(texts)
    return sorted(findings, key=lambda finding: (order.index(finding.file), finding.line))


def _of_tools(file: str, target: str, origin: Source) -> Iterator[Finding]:
    content = origin.content or {}
    for rule, pointer, text in tools.breaches(content, target):
        label = tools.label(content, pointer)
        yield Finding(file, origin.line_of(pointer), label, rule, text)


def _of_one(document: Document, origin: Source) -> Iterator[Finding]:
    complaints = list(_complaints(document))
    pointers = {pointer for _, (pointer, _) in complaints}
    if document.content.get("openapi") == "3.0.0":
        more = _specification_complaints(document, pointers)
        complaints += [(_SPECIFICATION, complaint) for complaint in more]
    for rule, (pointer, text) in complaints:
        label = _label(document, pointer)
        yield Finding(document.file, origin.line_of(pointer), label, rule, text)


def _complaints(document: Document) -> Iterator[tuple[str, Complaint]]:
    for rule, check in rules.DOCUMENT_CHECKS.items():
        if rule == rules.VERSION or not document.is_swagger:
            yield from ((rule, complaint) for complaint in check(document))
    if document.is_swagger:
        return
    for operation in document.operations:
        for rule, check_operation in rules.OPERATION_CHECKS.items():
            yield from ((rule, complaint) for complaint in check_operation(operation))


def _of_all(
    documents: Iterable[Document], parsed: Mapping[str, Source], max_operations: int
) -> Iterator[Finding]:
    operations = [operation for document in documents for operation in document.operations]
    for operation, text in _repeated_operation_ids(operations):
        file = operation.document.file
        line = parsed[file].line_of((*operation.pointer, "operationId"))
        yield Finding(file, line, operation.label, _REPEATED_ID, text)
    if 0 < max_operations < len(operations):
        text = (
            f"there are {len(operations)} operations over all files, and the quota is "
            f"{max_operations}: ask AWS for more and give --max-operations, or remove some of "
            f"{', '.join(operation.label for operation in operations)}"
        )
        yield Finding(operations[0].document.file, 1, _WHOLE_FILE, _COUNT, text)


def _repeated_operation_ids(
    operations: Iterable[OperationObject],
) -> Iterator[tuple[OperationObject, str]]:
    """Yield the operations whose id an operation before them has, in whichever file."""
    first: dict[str, OperationObject] = {}
    for operation in operations:
        other = first.setdefault(operation.id or "", operation)
        if operation.id and other is not operation:
            text = (
                f"{operation.method.upper()} {operation.path} has the operationId of "
                f"{other.method.upper()} {other.path} in {other.document.file}; give it another"
            )
            yield operation, text


def _label(document: Document, pointer: Pointer) -> str:
    if len(pointer) < len(("paths", "/path")) or pointer[0] != "paths":
        return _WHOLE_FILE
    for operation in document.operations:
        if pointer[: len(operation.pointer)] == operation.pointer:
            return operation.label
    return str(pointer[1])


def _specification_complaints(
    document: Document, said_already: Collection[Pointer]
) -> Iterator[Complaint]:
    """Yield what the validator finds, less what a rule of the profile says better."""
    try:
        errors = [*SpecValidator.schema_validator.iter_errors(document.content)]
        if not errors and not _has_references(document.content):
            yield from _semantic_complaints(document)
    except Exception as failure:  # noqa: BLE001 the validator trusts parts of the structure
        name = type(failure).__name__
        yield (), f"openapi-spec-validator stops with {name}; see what else is found"
        return
    for error in map(_cause, errors):
        pointer = _pointer_of(error)
        depth = _UNSPECIFIC.get(str(error.validator), 0)
        if not any(_is_within(said, pointer, depth) for said in said_already):
            yield pointer, _message_of(error)


def _semantic_complaints(document: Document) -> Iterator[Complaint]:
    """Yield what the validator finds beyond the schema, one operation at a time to tell which.

    References are for the schema alone: following them would open files and addresses.
    """
    for operation in document.operations:
        item = {operation.method: operation.content}
        if "parameters" in operation.path_item:
            item["parameters"] = operation.path_item["parameters"]
        alone = {**document.content, "paths": {operation.path: item}, "components": {}}
        for error in SpecValidator(alone).iter_errors():
            if not isinstance(error, _SAID_BETTER):
                yield operation.pointer, _message_of(error)


def _cause(error: _Error) -> _Error:
    """Return what made a value fit none of its alternatives, as far as that is one thing."""
    while error.validator in ("oneOf", "anyOf"):
        causes = [cause for cause in error.context or () if not _asks_for_reference(cause)]
        wrong_kind = [
            cause
            for cause in causes
            if cause.validator == "type" and cause.absolute_path == error.absolute_path
        ]
        if len(causes) != 1 and not wrong_kind:
            break
        error = (wrong_kind or causes)[0]
    return error


def _asks_for_reference(error: _Error) -> bool:
    """Tell whether the error is that a value written out in place is no reference."""
    return bool(error.validator == "required" and error.message.startswith("'$ref' "))


def _pointer_of(error: _Error) -> Pointer:
    """Return where the error is; a missing key has the place that it would have."""
    pointer = tuple(error.absolute_path)
    if error.validator != "required":
        return pointer
    missing = (key for key in error.validator_value if error.message.startswith(f"{key!r} "))
    return (*pointer, *missing)


def _is_within(said: Pointer, pointer: Pointer, depth: float) -> bool:
    return said[: len(pointer)] == pointer and len(said) - len(pointer) <= depth


def _message_of(error: _Error) -> str:
    message = error.message
    if len(message) > _MAX_MESSAGE_LENGTH:
        half = _MAX_MESSAGE_LENGTH // 2
        message = f"{message[:half]} ... {message[-half:]}"
    return f"{message}; correct it as OpenAPI 3.0 asks"


def _has_references(value: Any) -> bool:
    if isinstance(value, dict):
        return "$ref" in value or any(map(_has_references, value.values()))
    return isinstance(value, list) and any(map(_has_references, value))
