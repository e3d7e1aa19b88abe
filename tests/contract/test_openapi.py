"""The schemas that agents read: what the code says, and what the design promises."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from action_groups import all_groups
from console import openapi
from console.schemas.lint import lint
from console.where import SCHEMAS
from shared.operations import ActionGroup, Operation
from shared.schemas import KEYWORDS

GROUPS = {group.name: group for group in all_groups()}
AGENT_OPERATIONS = {
    operation.operation_id: operation
    for group in GROUPS.values()
    for operation in group
    if operation.method is not None
}
MAX_GROUP_DESCRIPTION_LENGTH = 200
MAX_DOCUMENT_BYTES = 30_000

_PURCHASE = (
    "purchase_id status product_id retailer_id quantity total_amount benefit_applied "
    "months monthly_payment last_payment cashback points transaction_id created_at error"
)
DESIGNED = {
    "getBalance": ("core_banking", "GET", "/balance", False, "BALANCE_QUERY", "BALANCE_RESPONSE"),
    "createTransfer": (
        *("core_banking", "POST", "/transfers", True, "TRANSFER_REQUEST"),
        *("TRANSFER_COMPLETED", "TRANSFER_FAILED"),
    ),
    "listTransactions": (
        *("core_banking", "GET", "/transactions", False),
        *("TRANSACTIONS_QUERY", "TRANSACTIONS_RESPONSE"),
    ),
    "searchProducts": (
        *("marketplace", "GET", "/products", False),
        *("CATALOG_QUERY", "CATALOG_RESPONSE"),
    ),
    "compareBenefits": (
        *("marketplace", "GET", "/products/{product_id}/benefits", False),
        *("BENEFITS_QUERY", "BENEFITS_RESPONSE"),
    ),
    "createPurchase": (
        *("marketplace", "POST", "/purchases", True, "PURCHASE_REQUEST"),
        *("PURCHASE_CONFIRMED", "PURCHASE_FAILED"),
    ),
    "getPurchase": ("marketplace", "GET", "/purchases/{purchase_id}", False, None),
    "listPurchases": ("marketplace", "GET", "/purchases", False, None),
    "resolveAlias": (
        *("crm", "GET", "/beneficiaries/resolve", False),
        *("ALIAS_RESOLUTION_REQUEST", "ALIAS_RESOLUTION_RESPONSE"),
    ),
    "listBeneficiaries": (
        *("crm", "GET", "/beneficiaries", False),
        *("BENEFICIARIES_QUERY", "BENEFICIARIES_RESPONSE"),
    ),
    "addBeneficiary": (
        *("crm", "POST", "/beneficiaries", True, "ADD_BENEFICIARY_REQUEST"),
        *("BENEFICIARY_ADDED", "ADD_BENEFICIARY_FAILED"),
    ),
}
"""Design section 3: group, method, path, confirm, event in, events out."""

DESIGNED_REQUESTS = {
    "getBalance": "account_id",
    "createTransfer": "from_account to_account amount description",
    "listTransactions": "account_id from_date to_date type limit next_token",
    "searchProducts": "category retailer_id search limit next_token",
    "compareBenefits": "product_id retailer_id quantity",
    "createPurchase": "product_id retailer_id quantity account_id benefit months monthly_payment "
    "last_payment cashback points unit_price",
    "getPurchase": "purchase_id",
    "listPurchases": "limit next_token",
    "resolveAlias": "alias",
    "listBeneficiaries": "limit next_token",
    "addBeneficiary": "name alias account_id relationship",
}
DESIGNED_ANSWERS = {
    "getBalance": "accounts",
    "createTransfer": "transaction_id status from_account to_account amount currency description "
    "created_at",
    "listTransactions": "transactions next_token",
    "searchProducts": "products next_token",
    "compareBenefits": "product_id retailer_id quantity total_amount options best",
    "createPurchase": _PURCHASE,
    "getPurchase": _PURCHASE,
    "listPurchases": "purchases next_token",
    "resolveAlias": "match beneficiary candidates",
    "listBeneficiaries": "beneficiaries next_token",
    "addBeneficiary": "beneficiary",
}
_BENEFICIARY = "beneficiary_id name alias account_id relationship"
DESIGNED_PARTS = {
    ("getBalance", "accounts"): "account_id account_type balance available currency status",
    (
        "listTransactions",
        "transactions",
    ): "transaction_id account_id type direction amount currency from_account to_account status "
    "description created_at",
    (
        "searchProducts",
        "products",
    ): "product_id retailer_id name description price currency category stock image_url benefits",
    (
        "compareBenefits",
        "options",
    ): "type benefit eligible reason months monthly_payment last_payment cashback points value "
    "cost_per_month",
    ("compareBenefits", "best"): "benefit reason",
    ("listPurchases", "purchases"): _PURCHASE,
    ("resolveAlias", "beneficiary"): _BENEFICIARY,
    ("resolveAlias", "candidates"): f"{_BENEFICIARY} score",
    ("listBeneficiaries", "beneficiaries"): _BENEFICIARY,
    ("addBeneficiary", "beneficiary"): _BENEFICIARY,
}
REPEAT_FIELDS = {"repeated", "notice"}

each_group = pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
each_operation = pytest.mark.parametrize(
    "operation", AGENT_OPERATIONS.values(), ids=AGENT_OPERATIONS
)


def operation_object(operation: Operation) -> dict[str, Any]:
    assert operation.path
    assert operation.method
    document = openapi.document(GROUPS[operation.group])
    return document["paths"][operation.path][operation.method.lower()]


def answer_schema(operation: Operation, status: str = "200") -> dict[str, Any]:
    response = operation_object(operation)["responses"][status]
    return response["content"]["application/json"]["schema"]


def arguments(operation: Operation) -> tuple[set[str], set[str]]:
    """Return the names of the arguments that the schema asks for, and of the required ones."""
    described = operation_object(operation)
    parameters = described.get("parameters", [])
    content = described.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema", {})
    names = [p["name"] for p in parameters] + list(body.get("properties", {}))
    required = [p["name"] for p in parameters if p["required"]] + body.get("required", [])
    assert len(names) == len(set(names))
    return set(names), set(required)


def schemas_of(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema of a document, the nested ones too."""
    if isinstance(value, list):
        for item in value:
            yield from schemas_of(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from with_parts(item) if key == "schema" else schemas_of(item)


def with_parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for part in [*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])]:
        yield from with_parts(part)


class TestTheCommittedFiles:
    def test_say_what_the_code_says(self) -> None:
        for group in GROUPS.values():
            path = SCHEMAS / f"{group.name}.yaml"
            assert path.read_text(encoding="utf-8") == openapi.render(group)

    @each_group
    def test_break_no_rule_of_the_profile(self, group: ActionGroup) -> None:
        path = SCHEMAS / f"{group.name}.yaml"
        assert lint({str(path): path.read_text(encoding="utf-8")}) == []

    def test_break_no_rule_together(self) -> None:
        texts = {path.name: path.read_text(encoding="utf-8") for path in committed_files()}
        assert lint(texts, max_operations=0) == []

    @each_group
    def test_are_valid_openapi(self, group: ActionGroup) -> None:
        text = (SCHEMAS / f"{group.name}.yaml").read_text(encoding="utf-8")
        validate(yaml.safe_load(text))

    @each_group
    def test_say_on_the_first_line_where_they_come_from(self, group: ActionGroup) -> None:
        first, second, *_ = (SCHEMAS / f"{group.name}.yaml").read_text().splitlines()
        assert first.startswith("# Generated")
        assert "`centli generate`" in first
        assert second == "openapi: 3.0.0"

    @each_group
    def test_fit_in_what_an_agent_reads_at_once(self, group: ActionGroup) -> None:
        assert len(openapi.render(group).encode()) < MAX_DOCUMENT_BYTES


def committed_files() -> list[Path]:
    return sorted(SCHEMAS.glob("*.yaml"))


class TestTheDesign:
    @pytest.mark.parametrize("operation_id", DESIGNED)
    def test_has_each_operation_on_its_route_with_its_events(self, operation_id: str) -> None:
        operation = AGENT_OPERATIONS[operation_id]
        assert DESIGNED[operation_id] == (
            operation.group,
            operation.method,
            operation.path,
            operation.confirm,
            operation.event_type,
            *operation.replies,
        )

    @pytest.mark.parametrize("operation_id", DESIGNED_REQUESTS)
    def test_names_the_arguments(self, operation_id: str) -> None:
        names, _ = arguments(AGENT_OPERATIONS[operation_id])
        assert names >= set(DESIGNED_REQUESTS[operation_id].split())

    @pytest.mark.parametrize("operation_id", DESIGNED_ANSWERS)
    def test_names_the_top_level_fields_of_the_answer(self, operation_id: str) -> None:
        names = set(answer_schema(AGENT_OPERATIONS[operation_id])["properties"])
        assert names >= set(DESIGNED_ANSWERS[operation_id].split())

    @pytest.mark.parametrize(("operation_id", "field"), DESIGNED_PARTS)
    def test_names_the_fields_of_what_an_answer_holds(self, operation_id: str, field: str) -> None:
        part = answer_schema(AGENT_OPERATIONS[operation_id])["properties"][field]
        names = part.get("items", part)["properties"]
        assert set(names) >= set(DESIGNED_PARTS[operation_id, field].split())

    @each_group
    def test_leaves_out_what_only_the_bus_triggers(self, group: ActionGroup) -> None:
        text = openapi.render(group)
        for operation in group:
            assert (f"operationId: {operation.operation_id}\n" in text) == bool(operation.method)

    def test_has_an_operation_that_only_the_bus_triggers(self) -> None:
        bus_only = {o.operation_id for o in GROUPS["core_banking"] if o.method is None}
        assert "payPurchase" in bus_only


class TestASchema:
    @each_group
    def test_uses_the_keywords_of_the_profile_alone(self, group: ActionGroup) -> None:
        schemas = list(schemas_of(openapi.document(group)))
        assert schemas
        for schema in schemas:
            assert set(schema) <= set(KEYWORDS), schema

    @each_group
    def test_describes_everything_that_it_names(self, group: ActionGroup) -> None:
        document = openapi.document(group)
        for item in document["paths"].values():
            for operation in item.values():
                described = [operation, *operation.get("parameters", [])]
                described += [operation[key] for key in ("requestBody",) if key in operation]
                described += operation["responses"].values()
                assert all(entry["description"].strip() for entry in described)
        for schema in schemas_of(document):
            assert all(field["description"] for field in schema.get("properties", {}).values())

    @each_group
    def test_reads_back_as_the_document_that_was_rendered(self, group: ActionGroup) -> None:
        assert yaml.safe_load(openapi.render(group)) == openapi.document(group)

    @each_group
    def test_does_not_depend_on_the_order_of_declaration(self, group: ActionGroup) -> None:
        reordered = dataclasses.replace(group, _operations=[*group][::-1])
        assert openapi.render(reordered) == openapi.render(group)

    @each_group
    def test_comes_from_a_group_with_a_description_that_bedrock_takes(
        self, group: ActionGroup
    ) -> None:
        assert 1 <= len(group.description) <= MAX_GROUP_DESCRIPTION_LENGTH

    @each_operation
    def test_asks_for_the_fields_of_the_request_model(self, operation: Operation) -> None:
        fields = operation.request_model.model_fields
        names, required = arguments(operation)
        assert names == set(fields)
        assert required == {name for name, field in fields.items() if field.is_required()}

    @each_operation
    def test_puts_arguments_where_the_method_takes_them(self, operation: Operation) -> None:
        described = operation_object(operation)
        locations = {p["name"]: p["in"] for p in described.get("parameters", [])}
        in_path = {name for name, location in locations.items() if location == "path"}
        assert in_path == set(operation.path_parameters)
        if operation.method == "GET":
            assert "requestBody" not in described
        else:
            assert set(locations) == in_path

    @each_operation
    def test_reads_as_the_docstring_of_the_function(self, operation: Operation) -> None:
        assert operation_object(operation)["description"] == operation.description

    @each_operation
    def test_asks_for_confirmation_where_the_operation_does(self, operation: Operation) -> None:
        expected = "ENABLED" if operation.confirm else None
        assert operation_object(operation).get("x-requireConfirmation") == expected

    @each_operation
    def test_tells_of_repeats_where_something_changes(self, operation: Operation) -> None:
        for status in ("200", "400"):
            schema = answer_schema(operation, status)
            told = set(schema["properties"]) & REPEAT_FIELDS
            assert told == (REPEAT_FIELDS if operation.changes else set())
            assert not told & set(schema["required"])

    @each_operation
    def test_shows_how_every_error_looks(self, operation: Operation) -> None:
        error = answer_schema(operation, "400")["properties"]["error"]
        assert error["required"] == ["code", "message"]
        response = operation_object(operation)["responses"]["400"]
        assert "4xx or 5xx" in response["description"]

    def test_writes_amounts_as_numbers(self) -> None:
        transfer = AGENT_OPERATIONS["createTransfer"]
        content = operation_object(transfer)["requestBody"]["content"]["application/json"]
        assert content["schema"]["properties"]["amount"]["type"] == "number"
        assert answer_schema(transfer)["properties"]["amount"]["type"] == "number"

    def test_does_not_require_of_an_answer_what_may_be_null(self) -> None:
        assert "next_token" not in answer_schema(AGENT_OPERATIONS["listTransactions"])["required"]
