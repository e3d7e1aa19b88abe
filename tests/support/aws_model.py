"""Real clients of an AWS service, and what it would say of a request, by botocore's model."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

_SESSION = boto3.Session()
"""One for all clients: it keeps the model of a service, which takes longest to read."""


def aws_client(service: str, url: str, read_timeout: float) -> Any:
    """Return the real client of a service, for an endpoint that plays it; it tries once."""
    return _SESSION.client(  # type: ignore[call-overload]
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(read_timeout=read_timeout, retries={"total_max_attempts": 1}),
    )


@cache
def input_shape(service: str, operation: str) -> StructureShape:
    model = botocore.session.get_session().get_service_model(service)
    shape = model.operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


def violations(service: str, operation: str, request: dict[str, Any]) -> list[str]:
    """Return what is wrong: types, lengths, required and unknown fields, values and patterns."""
    shape = input_shape(service, operation)
    report = ParamValidator().validate(request, shape)
    found = [report.generate_report()] if report.has_errors() else []
    return found or list(_text_violations(request, shape, ""))


def _text_violations(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Yield the texts that are no allowed value or do not match their pattern."""
    if isinstance(shape, StructureShape) and not getattr(shape, "is_document_type", False):
        for name, member in value.items():
            yield from _text_violations(member, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for member in value:
            yield from _text_violations(member, shape.member, f"{path}[]")
    elif isinstance(shape, MapShape):
        for name, member in value.items():
            yield from _text_violations(member, shape.value, f"{path}.{name}")
    elif isinstance(shape, StringShape):
        pattern = shape.metadata.get("pattern")
        if shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is none of {shape.enum}"
        if pattern and not re.search(pattern, value):
            yield f"{path}: {value!r} does not match {pattern}"
