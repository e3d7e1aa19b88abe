"""The one DynamoDB of all tests that need no server."""

from tests.support.dynamodb.client import Around, StrictDynamoDB
from tests.support.dynamodb.errors import cancelled, error

__all__ = ["Around", "StrictDynamoDB", "cancelled", "error"]
