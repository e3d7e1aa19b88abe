"""Which combinations of parameters are linted: every pair of conditions in every way it occurs."""

from itertools import combinations
from typing import Any

import pytest

from tests.support.lint import TEMPLATES, admitted, covering, included, settled
from tests.support.processed_template import processed

every_template = pytest.mark.parametrize("name", TEMPLATES)


def load(name: str) -> dict[str, Any]:
    return TEMPLATES[name]()


@every_template
def test_every_pair_of_conditions_is_linted_in_every_way_that_a_combination_shows_it(
    name: str,
) -> None:
    template = load(name)
    every = list(admitted(template))
    chosen = covering(template, every)

    def pairs(given: dict[str, str]) -> set[Any]:
        return set(combinations(sorted(settled(template, given).items()), 2))

    assert set().union(*map(pairs, chosen)) == set().union(*map(pairs, every))
    asking = {n for n, rule in template["Rules"].items() if "RuleCondition" in rule}
    assert {n for g in chosen for n, is_so in settled(template, g).items() if is_so} == {
        *template["Conditions"],
        *asking,
    }
    assert len(chosen) <= 6
    for left_out in chosen:
        others = [one for one in chosen if one is not left_out]
        assert set().union(*map(pairs, others)) < set().union(*map(pairs, every))


def test_snapshots_are_linted_with_a_newer_python_only() -> None:
    template = load("template.yaml")
    chosen = covering(template, list(admitted(template)))
    snapshots = [one for one in chosen if one["SnapStart"] == "PublishedVersions"]
    assert snapshots
    assert {one["PythonVersion"] for one in snapshots} == {"3.14"}


def test_what_the_rules_refuse_is_no_combination() -> None:
    clients = ("AllowedClients", "AllowedAudience")
    given = list(admitted(load("gateway.yaml")))
    assert given
    assert all(any(one[name] for name in clients) for one in given)


def test_a_parameter_that_decides_a_condition_and_has_no_example_is_told() -> None:
    template = load("gateway.yaml")
    template["Conditions"]["New"] = {"Fn::Equals": [{"Ref": "DiscoveryUrl"}, ""]}
    with pytest.raises(KeyError, match="DiscoveryUrl"):
        list(admitted(template))


@every_template
def test_what_is_linted_holds_the_files_that_the_template_includes(name: str) -> None:
    text = str(included(processed(load(name))))
    assert "AWS::Include" not in text
    assert "customer's accounts" in text
