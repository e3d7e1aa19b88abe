"""Who may write what of the limits: the attributes that roles name, against those that are written.

The local AWS tells no attributes of a write, so this is where they are held.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.arguments import RIGHT, furnished
from tests.support.dynamodb.expressions import parse
from tests.support.rights import (
    FUNCTIONS,
    RESOURCES,
    as_list,
    rights_on_tables,
    role_of,
    statements_of,
)
from tests.support.tables import PREFIX

TABLE = f"{PREFIX}-limits"
COUNTING = {"centli-crm", "centli-crm-add-beneficiary"}
"""Functions that only count how often terms are asked for."""
KEYS = {"user_id", "subject"}


def allowed(function: str) -> set[str] | None:
    """Return which attributes of the limits a function may update; None when it may all."""
    statements = statements_of(role_of(FUNCTIONS[function][0]), RESOURCES)
    [statement] = [
        s
        for s in statements
        if s["Resource"] == {"Fn::GetAtt": ["LimitsTable", "Arn"]}
        and "dynamodb:UpdateItem" in as_list(s["Action"])
    ]
    if "Condition" not in statement:
        return None
    [(operator, condition)] = statement["Condition"].items()
    assert (operator, [*condition]) == ("ForAllValues:StringEquals", ["dynamodb:Attributes"])
    return set(condition["dynamodb:Attributes"])


def attributes_of(write: Mapping[str, Any]) -> Iterator[str]:
    """Yield the attributes that an update names, at their top level, as IAM sees them."""
    yield from write["Key"]
    names = write.get("ExpressionAttributeNames", {})
    for kind in ("UpdateExpression", "ConditionExpression"):
        for path in parse(kind, write[kind]).paths:
            yield names.get(path.steps[0], str(path.steps[0]))


def updated(operation_id: str, **arguments: Any) -> list[set[str]]:
    """Return the attributes of each update of the limits that a call makes, with its terms."""
    seen: list[set[str]] = []
    with furnished(require_confirmation="agents") as bank:

        def around(operation: str, asked: Any, do: Any) -> Any:
            for entry in asked.get("TransactItems", ()) if "Transact" in operation else ():
                [(kind, body)] = entry.items()
                if kind == "Update" and body["TableName"] == TABLE:
                    seen.append({*attributes_of(body)})
            return do(asked)

        bank.client.around = around
        assert bank.call(operation_id, **RIGHT[operation_id] | arguments)[0] == 200
    return seen


@pytest.mark.parametrize("function", sorted(COUNTING))
def test_who_only_counts_terms_may_update_the_attributes_of_that_count_and_no_other(
    function: str,
) -> None:
    [first] = updated("addBeneficiary", account_id="acc-sofia-savings")
    assert first <= (allowed(function) or set())

    of_transfers = set().union(*updated("createTransfer")) - KEYS
    assert of_transfers
    assert not of_transfers & (allowed(function) or of_transfers)


@pytest.mark.parametrize("function", sorted(COUNTING))
def test_who_only_counts_terms_has_no_right_but_to_read_and_to_count(function: str) -> None:
    """It looks at the limits to show terms only, so that no commit ever checks them."""
    rights = {r for r in rights_on_tables(function) if r.startswith("limits:")}
    assert rights == {"limits:GetItem", "limits:UpdateItem"}


def test_no_other_function_is_kept_from_an_attribute() -> None:
    others = [
        name
        for name, (logical, _) in FUNCTIONS.items()
        if name not in COUNTING
        and any(
            s["Resource"] == {"Fn::GetAtt": ["LimitsTable", "Arn"]}
            for s in statements_of(role_of(logical), RESOURCES)
        )
    ]
    assert {allowed(name) is None for name in others} == {True}
