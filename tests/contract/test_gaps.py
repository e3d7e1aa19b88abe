"""What `template.yaml` lacks is said in a sentence that names it: each piece is taken out once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from action_groups import all_groups
from console.gaps import Need, gaps, gaps_of_permissions, notes
from console.schemas.lint import MAX_OPERATIONS
from console.template import expanded, expanded_template, load_template
from shared.dynamodb import DynamoDB
from shared.operations import ActionGroup, Operation
from tests.support.arguments import OPERATIONS, RIGHT, furnish, prove
from tests.support.rights import FUNCTIONS, rights_on_tables
from tests.support.tables import PREFIX
from tests.support.world import World

Template = dict[str, Any]
LONELY = ActionGroup("invented", "invented", "Invented", "Nothing.", store=lambda *_: None)


def without(logical_id: str) -> Callable[[Template], None]:
    return lambda template: template["Resources"].pop(logical_id)


def without_rule(template: Template) -> None:
    del template["Resources"]["CrmResolveAliasFunction"]["Properties"]["Events"]


def without_action_group(template: Template) -> None:
    groups = template["Resources"]["Agent"]["Properties"]["ActionGroups"]
    groups[:] = [group for group in groups if group["ActionGroupName"] != "crm"]


def without_variable(template: Template) -> None:
    del template["Globals"]["Function"]["Environment"]["Variables"]["PRODUCTS_TABLE"]


def without_aliases(template: Template) -> None:
    del template["Globals"]["Function"]["AutoPublishAlias"]


def without_doors(template: Template) -> None:
    del template["Resources"]["CrmFunction"]["Properties"]["Environment"]


def with_the_wrong_door(template: Template) -> None:
    properties = template["Resources"]["CrmResolveAliasFunction"]["Properties"]
    properties["Environment"] = {"Variables": {"DOORS": "agent"}}


def without_the_right_to_check_proofs(template: Template) -> None:
    policy = template["Resources"]["CrmPolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"] = [s for s in policy["Statement"] if s["Action"] != "kms:VerifyMac"]


def without_role(template: Template) -> None:
    del template["Resources"]["CrmFunction"]["Properties"]["Role"]


def without_entry_in_the_policy_of_the_bus(template: Template) -> None:
    [statement] = template["Resources"]["EventBus"]["Properties"]["Policy"]["Statement"]
    statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"].remove(
        {"Fn::GetAtt": ["CrmResolveAliasRole", "Arn"]}
    )


def with_any_request_source(template: Template) -> None:
    template["Parameters"]["RequestSources"]["AllowedPattern"] = ".+"


def with_a_variable_too_many(template: Template) -> None:
    template["Globals"]["Function"]["Environment"]["Variables"]["INVENTED_TABLE"] = (
        "centli-invented"
    )


def test_a_name_that_a_loop_goes_over_and_no_map_has_is_named() -> None:
    template = load_template()
    del template["Mappings"]["Functions"]["Crm"]
    found = gaps(all_groups(), expanded(template))
    assert (
        "Mappings: Functions: Crm: template.yaml does not have it, and CrmLogGroup refer to it"
    ) in found


def test_nothing_is_missing() -> None:
    assert gaps(all_groups(), expanded_template()) == []


@pytest.mark.parametrize(
    ("take_out", "sentence"),
    [
        (without("CrmFunction"), "crm: no function of template.yaml answers this group"),
        (without_aliases, "CrmFunction.Alias: template.yaml does not have it, and Agent, Crm"),
        (
            without("CrmAgentPermission"),
            "crm: no permission lets the agent invoke CrmFunction.Alias",
        ),
        (without_action_group, "crm: the agent of template.yaml has no action group of this name"),
        (without_doors, "crm: centli-crm is not open to agents"),
        (with_the_wrong_door, "ALIAS_RESOLUTION_REQUEST: centli-crm-resolve-alias is not open"),
        (without_rule, "ALIAS_RESOLUTION_REQUEST: no rule of template.yaml delivers it"),
        (
            without("CrmResolveAliasPolicy"),
            "ALIAS_RESOLUTION_RESPONSE: centli-crm-resolve-alias may not put it on the bus as crm",
        ),
        (
            without("EventRelayPolicy"),
            "BENEFICIARY_ADDED: centli-event-relay may not put it on the bus as crm",
        ),
        (without("CrmPolicy"), "CrmPolicy: template.yaml does not have it, and CrmFunction refer"),
        (without("CrmRole"), "CrmRole: template.yaml does not have it, and CrmFunction, CrmPolicy"),
        (without_role, "centli-crm: template.yaml names no role for it"),
        (without_entry_in_the_policy_of_the_bus, "centli-crm-resolve-alias: the policy of the bus"),
        (with_any_request_source, "crm: the parameter RequestSources may name crm"),
        (with_a_variable_too_many, "INVENTED_TABLE: given to every function, and no setting"),
        (without("CrmLogGroup"), "centli-crm: template.yaml has no log group for it"),
        (without("CrmErrorsAlarm"), "centli-crm: no alarm tells of its errors"),
        (
            without_the_right_to_check_proofs,
            "addBeneficiary: centli-crm may not kms:VerifyMac on ConfirmationKey",
        ),
        (without_variable, "PRODUCTS_TABLE: a setting that template.yaml gives to no function"),
        (without("ProductsTable"), "PRODUCTS_TABLE: template.yaml has no table centli-products"),
    ],
)
def test_a_piece_that_is_taken_out_is_named_once(
    take_out: Callable[[Template], None], sentence: str
) -> None:
    template = expanded_template()
    take_out(template)
    found = gaps(all_groups(), template)
    assert any(gap.startswith(sentence) for gap in found)
    assert len(found) == len({*found})


def test_a_table_that_no_function_may_read_is_named() -> None:
    template = expanded_template()
    template["Resources"]["InventedTable"] = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {"TableName": {"Fn::Sub": "${NamePrefix}-invented"}},
    }
    assert gaps(all_groups(), template) == ["centli-invented: no function may read this table"]


def test_a_group_that_is_there_and_nowhere_else_is_missed_everywhere() -> None:
    found = gaps((*all_groups(), LONELY), expanded_template())
    assert len(found) == 3
    assert all(gap.startswith("invented: ") for gap in found)


def test_what_is_left_of_a_group_that_is_gone_is_named() -> None:
    groups = [group for group in all_groups() if group.name != "crm"]
    found = gaps(groups, expanded_template())
    assert "centli-crm: there is no action group crm for it to answer" in found


def test_more_operations_than_the_default_quota_are_a_note_and_no_gap() -> None:
    [group] = [group for group in all_groups() if group.name == "crm"]
    count = sum(operation.path is not None for operation in group)
    assert notes([group] * (MAX_OPERATIONS // count)) == []
    [note] = notes([group] * (MAX_OPERATIONS // count + 1))
    assert f"agents call {(MAX_OPERATIONS // count + 1) * count} operations" in note


_REQUESTS = f"{PREFIX}-requests"


class Recorder:
    """Notes the actions on tables, and lets the client carry them out.

    What is read by its key to decide a change that may be refused is checked in the transaction of
    a refusal: that is needed too. So is to read alone what a batch leaves unanswered.
    """

    def __init__(self, client: Any, operation: Operation) -> None:
        self._client = client
        self._operation_id = operation.operation_id
        self._is_deciding = operation.changes and operation.failure_event is not None
        self.needs: set[Need] = set()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def recorded(**arguments: Any) -> Any:
            batch = [{name: {"TableName": t}} for t in arguments.get("RequestItems", ())]
            for entry in batch or arguments.get("TransactItems", [{name: arguments}]):
                [(kind, what)] = entry.items()
                verb = "".join(word[:1].upper() + word[1:] for word in kind.split("_"))
                action = f"{verb}Item" if kind in {"Put", "Update", "ConditionCheck"} else verb
                need = Need(
                    self._operation_id,
                    f"dynamodb:{action}",
                    what["TableName"],
                    what.get("IndexName"),
                )
                self.needs.add(need)
                if self._is_deciding and name in {"get_item", "batch_get_item"}:
                    self.needs.add(replace(need, action="dynamodb:GetItem"))
                    if what["TableName"] != _REQUESTS:
                        self.needs.add(replace(need, action="dynamodb:ConditionCheckItem"))
            self._is_deciding &= name != "transact_write_items"
            return call(**arguments)

        return recorded


def what_is_required(operation: Operation) -> dict[str, str]:
    fields = operation.request_model.model_fields
    given = operation.example_texts
    return {name: text for name, text in given.items() if fields[name].is_required()}


@pytest.fixture
def needs(bank: World) -> set[Need]:
    """What the examples do with data, each on a bank of the seeds."""
    furnish(bank)
    bank.product("prod-of-nobody", retailer_id="retailer-nobody", name="Televisor")
    found: set[Need] = set()
    for operation in OPERATIONS:
        if operation.is_step:
            prove(bank, operation)
        recorder = Recorder(bank.client, operation)
        bank.connect(DynamoDB(recorder))  # type: ignore[arg-type]
        if operation.path is not None:
            # A change that is asked for again is a repeat of the first.
            again = operation.example_texts if operation.changes else what_is_required(operation)
            for arguments in (operation.example_texts, again):
                status, told = bank.call(operation.operation_id, **arguments)
                assert status == 200, f"{operation.operation_id}: {told}"
        else:
            for _ in range(2):
                bank.send(
                    operation.group,
                    str(operation.event_type),
                    RIGHT[operation.operation_id],
                    correlation_id=operation.operation_id,
                )
        assert recorder.needs
        found |= recorder.needs
    return found


def test_every_role_grants_what_the_examples_of_its_function_do(needs: set[Need]) -> None:
    missing = gaps_of_permissions(all_groups(), needs, expanded_template())
    assert not missing, "\n".join(missing)


_HANDLER = "action_groups.handler."
_OF_GROUPS = [name for name, (_, f) in FUNCTIONS.items() if f["Handler"].startswith(_HANDLER)]


def read_in_batches(needs: set[Need], function: str) -> set[str]:
    """Return the tables of which what a function serves reads several items at once."""
    _, properties = FUNCTIONS[function]
    rules = [event["Properties"] for event in properties.get("Events", {}).values()]
    triggers = {event_type for rule in rules for event_type in rule["Pattern"]["detail-type"]}
    served = {
        operation.operation_id
        for operation in OPERATIONS
        if properties["Handler"] == f"{_HANDLER}{operation.group}"
        and (operation.event_type in triggers if triggers else operation.path is not None)
    }
    return {
        need.table.removeprefix(f"{PREFIX}-")
        for need in needs
        if need.action == "dynamodb:BatchGetItem" and need.operation_id in served
    }


def test_roles_may_read_in_batches_what_their_functions_do_and_nothing_else(
    needs: set[Need],
) -> None:
    for function in _OF_GROUPS:
        rights = rights_on_tables(function)
        granted = {right.removesuffix(":BatchGetItem") for right in rights if "Batch" in right}
        assert granted == read_in_batches(needs, function), function


def test_a_grant_that_is_taken_out_is_named(needs: set[Need]) -> None:
    template = expanded_template()
    del template["Resources"]["CrmPolicy"]
    found = gaps_of_permissions(all_groups(), needs, template)
    assert "listBeneficiaries: centli-crm may not dynamodb:Query on centli-beneficiaries" in found
    for action in ("PutItem", "GetItem", "UpdateItem"):  # a request, and a repeat of it
        assert f"addBeneficiary: centli-crm may not dynamodb:{action} on centli-requests" in found
    assert all("centli-crm may not" in gap for gap in found)
