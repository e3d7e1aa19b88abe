"""The rules of the profile: what Bedrock agents and AgentCore Gateway read of OpenAPI 3.0.

A rule is one function that yields complaints: where, and what is wrong with how to correct it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from console.schemas.keywords import is_plain, keywords_in, schemas_with
from console.schemas.source import Pointer
from console.schemas.view import (
    BODYLESS_METHODS,
    Document,
    OperationObject,
    mapping,
    name_of,
    sequence,
    shown,
)
from shared.schemas import TYPES

MAX_TOOL_NAME_LENGTH = 64
VERSION = "openapi-version"
CONFIRMATION = "x-requireConfirmation"

_JSON = "application/json"
_GROUP_NAME = re.compile(r"([0-9a-zA-Z][_-]?){1,100}")
_OPERATION_ID = re.compile(r"[0-9a-zA-Z_-]+")
_ARGUMENT_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_UNIONS = ("anyOf", "oneOf", "allOf")
_CLOSED_SETS = ("enum", "const")

Complaint = tuple[Pointer, str]
DocumentCheck = Callable[[Document], Iterator[Complaint]]
OperationCheck = Callable[[OperationObject], Iterator[Complaint]]

RULES: dict[str, str] = {}
"""Why each rule is there, by its id."""
ADVICE: set[str] = set()
"""The rules whose breach is taken but served worse; that of any other is refused or ignored."""
DOCUMENT_CHECKS: dict[str, DocumentCheck] = {}
OPERATION_CHECKS: dict[str, OperationCheck] = {}


def _of_document(
    rule: str, why: str, *, advice: bool = False
) -> Callable[[DocumentCheck], DocumentCheck]:
    def register(check: DocumentCheck) -> DocumentCheck:
        RULES[rule] = why
        ADVICE.update({rule} if advice else ())
        DOCUMENT_CHECKS[rule] = check
        return check

    return register


def _of_operation(
    rule: str, why: str, *, advice: bool = False
) -> Callable[[OperationCheck], OperationCheck]:
    def register(check: OperationCheck) -> OperationCheck:
        RULES[rule] = why
        ADVICE.update({rule} if advice else ())
        OPERATION_CHECKS[rule] = check
        return check

    return register


@_of_document(VERSION, "`openapi` is 3.0.0, the one version that Bedrock takes.")
def _openapi_version(document: Document) -> Iterator[Complaint]:
    version = document.content.get("openapi")
    if document.is_swagger:
        said = shown(document.content["swagger"])
        yield ("swagger",), f"this is Swagger {said}, not OpenAPI 3; convert it to `openapi: 3.0.0`"
    elif version != "3.0.0":
        said = "missing" if version is None else shown(version)
        yield ("openapi",), f"the version is {said}; write `openapi: 3.0.0`"


@_of_document("group-name", "An action group is called by letters and digits, with single - or _.")
def _group_name(document: Document) -> Iterator[Complaint]:
    if not _GROUP_NAME.fullmatch(document.group):
        text = (
            f"an action group cannot be called {shown(document.group)}; use letters and digits, "
            "each followed by one - or _ at most, in the file's name or with --group"
        )
        yield (), text


@_of_document("no-operations", "A schema has operations: an agent cannot use an empty one.")
def _no_operations(document: Document) -> Iterator[Complaint]:
    if not any(document.operations):
        yield ("paths",), "there is no operation; add a path with a method under `paths`"


@_of_document("path-slash", "A path starts with /.")
def _path_slash(document: Document) -> Iterator[Complaint]:
    for path in mapping(document.content.get("paths")):
        if not path.startswith(("/", "x-")):
            yield ("paths", path), f"the path {shown(path)} does not start with /; begin it with /"


@_of_document("path-alike", "Paths differ in more than the names of their parameters.")
def _path_alike(document: Document) -> Iterator[Complaint]:
    first: dict[str, str] = {}
    for path, _ in document.path_items:
        other = first.setdefault(_PLACEHOLDER.sub("{}", path), path)
        if other != path:
            text = f"{shown(path)} and {shown(other)} are one path; join them, or name them apart"
            yield ("paths", path), text


@_of_document("required-names", "Every name in `required` is among the `properties`.")
def _required_names(document: Document) -> Iterator[Complaint]:
    for pointer, schema in schemas_with(document, "required"):
        properties = mapping(schema.get("properties"))
        for index, name in enumerate(sequence(schema["required"])):
            if isinstance(name, str) and name not in properties and is_plain(schema):
                text = f"{shown(name)} is required and no property; describe it, or leave it out"
                yield (*pointer, "required", index), text


@_of_document("response-items", "A list in a response says of what: Bedrock's parser asks for it.")
def _response_items(document: Document) -> Iterator[Complaint]:
    for pointer, schema in schemas_with(document, "type"):
        in_response = pointer[3:4] == ("responses",)
        if in_response and schema["type"] == "array" and not mapping(schema.get("items")):
            yield (*pointer, "type"), "this list has no `items`; say of what it is a list"


@_of_document("security", "No security blocks: Bedrock rejects them, and IAM decides who may call.")
def _security(document: Document) -> Iterator[Complaint]:
    fix = "remove it, since Bedrock authorises by IAM"
    if "security" in document.content:
        yield ("security",), f"`security` is not taken; {fix}"
    if "securitySchemes" in mapping(document.content.get("components")):
        yield ("components", "securitySchemes"), f"`securitySchemes` is not taken; {fix}"
    for operation in document.operations:
        if "security" in operation.content:
            yield (*operation.pointer, "security"), f"`security` is not taken; {fix}"


@_of_document("reference", "No $ref: what is written out in place is read by all.", advice=True)
def _reference(document: Document) -> Iterator[Complaint]:
    for pointer in keywords_in(document, ("$ref",)):
        yield pointer, "`$ref` is not followed by all; write out here what it refers to"


@_of_document("union", "No anyOf, oneOf or allOf: a value has one type, written in one place.")
def _union(document: Document) -> Iterator[Complaint]:
    for pointer in keywords_in(document, _UNIONS):
        yield pointer, f"`{pointer[-1]}` is not read; give one `type` and put the rest in words"


@_of_document("enum", "No enum or const: agents do not read them, so the description says them.")
def _enum(document: Document) -> Iterator[Complaint]:
    for pointer in keywords_in(document, _CLOSED_SETS):
        yield pointer, f"`{pointer[-1]}` is not read; say the allowed values in the description"


@_of_document(
    "confirmation", f"{CONFIRMATION} is ENABLED or DISABLED, spelt so and on the operation."
)
def _confirmation(document: Document) -> Iterator[Complaint]:
    elsewhere: list[tuple[Pointer, Mapping[str, Any]]] = [((), document.content)]
    elsewhere.extend((("paths", path), item) for path, item in document.path_items)
    for pointer, holder in elsewhere:
        for key in filter(_means_confirmation, holder):
            yield (*pointer, key), f"{shown(key)} has no effect here; move it into each operation"
    for operation in document.operations:
        for key in filter(_means_confirmation, operation.content):
            value = operation.content[key]
            if key != CONFIRMATION:
                yield (*operation.pointer, key), f"{shown(key)} is ignored; spell it {CONFIRMATION}"
            elif value not in ("ENABLED", "DISABLED"):
                yield (
                    (*operation.pointer, key),
                    f"{CONFIRMATION} is {shown(value)}; write ENABLED or DISABLED",
                )


@_of_operation("operation-description", "An operation has a description: by it agents choose.")
def _operation_description(operation: OperationObject) -> Iterator[Complaint]:
    if not _is_said(operation.content):
        yield (
            (*operation.pointer, "description"),
            "the operation has no description; say what it does and when to call it",
        )


@_of_operation("operation-id", "An operation has an operationId: tools are named by it.")
def _operation_id(operation: OperationObject) -> Iterator[Complaint]:
    if operation.id is None:
        yield (*operation.pointer, "operationId"), "there is no operationId; add one, as text"


@_of_operation("operation-id-characters", "An operationId has letters, digits, - and _ only.")
def _operation_id_characters(operation: OperationObject) -> Iterator[Complaint]:
    if operation.id and not _OPERATION_ID.fullmatch(operation.id):
        text = (
            f"{shown(operation.id)} has other characters than letters, digits, - and _; replace "
            "them"
        )
        yield (*operation.pointer, "operationId"), text


@_of_operation("operation-id-underscores", "An operationId has no __: tool names are split there.")
def _operation_id_underscores(operation: OperationObject) -> Iterator[Complaint]:
    if operation.id and "__" in operation.id:
        yield (
            (*operation.pointer, "operationId"),
            f"{shown(operation.id)} has two underscores in a row; keep one",
        )


@_of_operation(
    "tool-name-length", f"VERB__group__operationId has at most {MAX_TOOL_NAME_LENGTH} characters."
)
def _tool_name_length(operation: OperationObject) -> Iterator[Complaint]:
    name = f"{operation.method.upper()}__{operation.document.group}__{operation.id or ''}"
    if len(name) > MAX_TOOL_NAME_LENGTH:
        text = (
            f"the tool's name VERB__group__operationId has {len(name)} characters, more than "
            f"{MAX_TOOL_NAME_LENGTH}; shorten the operationId or the group's name"
        )
        yield (*operation.pointer, "operationId"), text


@_of_operation("responses", "An operation has responses: Bedrock refuses one without.")
def _responses(operation: OperationObject) -> Iterator[Complaint]:
    if not mapping(operation.content.get("responses")):
        yield (
            (*operation.pointer, "responses"),
            'there are no responses; describe at least the response "200"',
        )


@_of_operation("body-method", "GET, DELETE and HEAD have no request body.")
def _body_method(operation: OperationObject) -> Iterator[Complaint]:
    if operation.method in BODYLESS_METHODS and "requestBody" in operation.content:
        text = (
            f"{operation.method.upper()} cannot have a request body; make its fields query "
            "parameters"
        )
        yield (*operation.pointer, "requestBody"), text


@_of_operation("body-content", f"A request body is {_JSON}, and nothing else.")
def _body_content(operation: OperationObject) -> Iterator[Complaint]:
    if not operation.takes_body:
        return
    kinds = list(mapping(mapping(operation.content.get("requestBody")).get("content")))
    if kinds != [_JSON]:
        yield (
            (*operation.pointer, "requestBody", "content"),
            f"the request body is {shown(', '.join(kinds) or 'of no kind')}; make it {_JSON} only",
        )


@_of_operation(
    "flat-body", "A request body is an object of plain values and lists of them.", advice=True
)
def _flat_body(operation: OperationObject) -> Iterator[Complaint]:
    for pointer, schema in operation.body_schemas:
        if is_plain(schema) and (
            schema.get("type") != "object" or not mapping(schema.get("properties"))
        ):
            yield pointer, "the request body is no `type: object` with `properties`; make it one"
    for pointer, name, field in operation.body_properties:
        if _is_nested(field):
            yield pointer, f"the field {shown(name)} is nested; put its parts at the top, flat"


@_of_operation(
    "parameter-description", "A parameter, or field of a body, has a description.", advice=True
)
def _parameter_description(operation: OperationObject) -> Iterator[Complaint]:
    described = [(at, name_of(parameter), parameter) for at, parameter in operation.parameters]
    for pointer, name, content in (*described, *operation.body_properties):
        if not _is_said(content) and "$ref" not in content:
            yield (
                (*pointer, "description"),
                f"{shown(name)} has no description; say what it is and which values it takes",
            )


@_of_operation("parameter-schema", "A parameter, or field of a body, has a schema with a type.")
def _parameter_schema(operation: OperationObject) -> Iterator[Complaint]:
    for pointer, name, schema in operation.argument_schemas:
        if is_plain(schema) and "type" not in schema:
            yield pointer, f"{shown(name)} has no schema with a `type`; add one"


@_of_operation("schema-type", f"A type is one of {', '.join(TYPES)}; a list says of what.")
def _schema_type(operation: OperationObject) -> Iterator[Complaint]:
    for pointer, name, schema in operation.argument_schemas:
        if "type" in schema:
            yield from _type_complaints(pointer, name, schema)


@_of_operation("parameter-location", "A parameter is in the path or in the query.", advice=True)
def _parameter_location(operation: OperationObject) -> Iterator[Complaint]:
    for pointer, parameter in operation.parameters:
        if parameter.get("in") in ("header", "cookie"):
            text = (
                f"{shown(name_of(parameter))} is in {shown(parameter.get('in'))}, which agents do "
                "not fill; put it in the path or in the query"
            )
            yield (*pointer, "in"), text


@_of_operation("parameter-place", "The place of a parameter is one that OpenAPI 3.0 has.")
def _parameter_place(operation: OperationObject) -> Iterator[Complaint]:
    for pointer, parameter in operation.parameters:
        place = parameter.get("in")
        if place not in ("path", "query", "header", "cookie"):
            text = (
                f"{shown(name_of(parameter))} is in {shown(place)}, which is no place; put it in "
                "the path or in the query"
            )
            yield (*pointer, "in"), text


@_of_operation(
    "argument-name", f"The name of an argument is {_ARGUMENT_NAME.pattern}: models' APIs ask so."
)
def _argument_name(operation: OperationObject) -> Iterator[Complaint]:
    named = [(at, name_of(entry)) for at, entry in operation.parameters if "name" in entry]
    named += [(at, name) for at, name, _ in operation.body_properties]
    for pointer, name in named:
        if not _ARGUMENT_NAME.fullmatch(name):
            text = (
                f"{shown(name)} cannot be the name of an argument; use 1 to 64 letters, digits, _, "
                "- and dots, without accents"
            )
            yield pointer, text


@_of_operation("parameter-repeated", "A name stands for one argument, in path, query and body.")
def _parameter_repeated(operation: OperationObject) -> Iterator[Complaint]:
    named = [(at, name_of(parameter)) for at, parameter in operation.parameters]
    named += [(at, name) for at, name, _ in operation.body_properties]
    seen: set[str] = set()
    for pointer, name in named:
        if name in seen:
            yield pointer, f"there are two arguments {shown(name)}; rename or remove one"
        seen.add(name)


@_of_operation("path-parameters", "Each {name} in the path has its required path parameter.")
def _path_parameters(operation: OperationObject) -> Iterator[Complaint]:
    if operation.refers_to_parameters:
        return
    in_template = _PLACEHOLDER.findall(operation.path)
    declared = [entry for entry in operation.parameters if entry[1].get("in") == "path"]
    names = [name_of(parameter) for _, parameter in declared]
    for name in dict.fromkeys(in_template):
        if name not in names:
            yield (
                (*operation.pointer, "parameters"),
                f"the path has {shown('{' + name + '}')} and no such path parameter; add it",
            )
    for pointer, parameter in declared:
        name = name_of(parameter)
        if name not in in_template:
            yield pointer, f"{shown(name)} is not in the path; add it there, or make it a query one"
        elif parameter.get("required") is not True:
            yield pointer, f"the path parameter {shown(name)} is not required; add `required: true`"


def _is_said(holder: Mapping[str, Any]) -> bool:
    text = holder.get("description")
    return isinstance(text, str) and bool(text.strip())


def _is_nested(schema: Mapping[str, Any]) -> bool:
    """Tell whether the schema is an object, or a list of what is not plain."""
    items = mapping(schema.get("items"))
    holds_parts = any(s.get("type") == "object" or "properties" in s for s in (schema, items))
    return holds_parts or items.get("type") == "array"


def _type_complaints(pointer: Pointer, name: str, schema: Mapping[str, Any]) -> Iterator[Complaint]:
    kind = schema.get("type")
    if kind not in TYPES:
        said = "missing" if kind is None else shown(kind)
        text = f"the type of {shown(name)} is {said}; write one of {', '.join(TYPES)}"
        yield (*pointer, "type"), text
    items = mapping(schema.get("items"))
    if kind == "array" and is_plain(items):
        yield from _type_complaints((*pointer, "items"), f"{name}[]", items)


def _means_confirmation(key: str) -> bool:
    return re.sub(r"[^a-z]", "", key.lower()) == "xrequireconfirmation"
