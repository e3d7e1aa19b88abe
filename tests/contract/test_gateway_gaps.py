"""What `gateway.yaml` lacks is said in a sentence that names it: each piece is taken out once."""

from collections.abc import Callable
from typing import Any

import pytest

from action_groups import all_groups
from console.gateway_gaps import gateway_gaps
from console.template import load_gateway_template

Template = dict[str, Any]


def properties(template: Template, logical: str) -> Any:
    return template["Resources"][logical]["Properties"]


def without_target(template: Template) -> None:
    del template["Resources"]["CrmTarget"]


def with_other_tools(template: Template) -> None:
    target = properties(template, "CrmTarget")["TargetConfiguration"]["Mcp"]["Lambda"]
    target["ToolSchema"]["Fn::Transform"]["Parameters"]["Location"] = "tools/marketplace.yaml"


def with_a_policy_that_does_not_wait(template: Template) -> None:
    template["Resources"]["DeclaredToolsPolicy"]["DependsOn"].remove("CrmTarget")


def without_the_right_to_invoke(template: Template) -> None:
    [statement] = properties(template, "GroupsPolicy")["PolicyDocument"]["Statement"]
    statement["Resource"] = [r for r in statement["Resource"] if "-crm" not in r["Fn::Sub"]]


def with_a_target_too_many(template: Template) -> None:
    template["Resources"]["OldTarget"] = {
        **template["Resources"]["CrmTarget"],
        "Properties": properties(template, "CrmTarget") | {"Name": "Old"},
    }


def without_a_rate(template: Template) -> None:
    limit = properties(template, "MoneyRateLimit")
    limit["Entries"] = [e for e in limit["Entries"] if "createTransfer" not in str(e)]


def with_a_rate_of_another_tool(template: Template) -> None:
    entry = properties(template, "MoneyRateLimit")["Entries"][0]
    entry["Dimensions"]["toolName"]["Fn::If"][1] = "Bank___getBalance"


@pytest.mark.parametrize(
    ("broken", "gaps"),
    [
        (without_target, ["crm: gateway.yaml has no target Crm"]),
        (
            with_other_tools,
            ["crm: the target Crm of gateway.yaml does not read tools/crm.yaml"],
        ),
        (
            with_a_policy_that_does_not_wait,
            ["crm: no policy of gateway.yaml waits for CrmTarget, whose tools it names"],
        ),
        (
            without_the_right_to_invoke,
            ["crm: who calls the functions in gateway.yaml may not invoke ${NamePrefix}-crm:live"],
        ),
        (
            with_a_target_too_many,
            ["Old: a target of gateway.yaml, and there is no such action group"],
        ),
        (
            without_a_rate,
            [
                "Bank___createTransfer: gateway.yaml does not limit its rate",
                "CoreBanking___createTransfer: gateway.yaml does not limit its rate",
            ],
        ),
        (
            with_a_rate_of_another_tool,
            [
                "Bank___createTransfer: gateway.yaml does not limit its rate",
                "Bank___getBalance: gateway.yaml limits its rate, and it needs no yes",
            ],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_piece_that_is_missing_is_named(
    broken: Callable[[Template], None], gaps: list[str]
) -> None:
    template = load_gateway_template()
    assert gateway_gaps(all_groups(), template) == []
    broken(template)
    assert gateway_gaps(all_groups(), template) == gaps
