"""What the seed scripts have in common."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shared.dynamodb import serialize

Seed = Callable[[Any, str], int]

_MAX_PUTS: Final = 100
"""As many as a transaction may have."""
_IS_THERE: Final = "ConditionalCheckFailed"


def all_seeds() -> list[Seed]:
    """Return what each script `seed_*.py` of this folder adds: they are listed nowhere."""
    scripts = sorted(Path(__file__).parent.glob("seed_*.py"))
    return [importlib.import_module(f"scripts.{script.stem}").seed for script in scripts]


def table_name(what: str, prefix: str) -> str:
    """Return the name of a table: from the functions' own variable, else from the prefix."""
    return os.environ.get(f"{what.upper()}_TABLE", f"{prefix}-{what}")


def add_missing(client: Any, table: str, items: Iterable[dict[str, Any]], key: str) -> int:
    """Put the items whose keys are not there yet, and return how many those were.

    What is there stays as it is: seeding again gives nobody their money back.
    """
    puts = [
        {
            "Put": {
                "TableName": table,
                "Item": serialize(item),
                "ConditionExpression": "attribute_not_exists(#key)",
                "ExpressionAttributeNames": {"#key": key},
            }
        }
        for item in items
    ]
    several = (puts[first : first + _MAX_PUTS] for first in range(0, len(puts), _MAX_PUTS))
    return sum(_put(client, some) for some in several)


def _put(client: Any, puts: list[dict[str, Any]]) -> int:
    """Put in one transaction what is missing, and return how many that is."""
    while puts:
        try:
            client.transact_write_items(TransactItems=puts)
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons", [])
            codes = [reason["Code"] for reason in reasons]
            if not {_IS_THERE} <= {*codes} <= {_IS_THERE, "None"}:
                raise
            puts = [put for put, code in zip(puts, codes, strict=True) if code != _IS_THERE]
        else:
            break
    return len(puts)


def run(seed: Seed, what: str) -> None:
    """Run one seed against the AWS of the environment, as a command that takes no arguments."""
    argparse.ArgumentParser(
        description=f"Add the example {what} that are missing.",
        epilog="Region, credentials and AWS_ENDPOINT_URL are those of the environment. NAME_PREFIX "
        "is what the tables' names begin with (centli).",
    ).parse_args()
    try:
        added = seed(boto3.client("dynamodb"), os.environ.get("NAME_PREFIX", "centli"))
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"{what}: {error}")
    print(f"{what}: {added} items added")
