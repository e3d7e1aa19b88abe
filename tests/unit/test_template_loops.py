"""Expanding the loops of a template as `AWS::LanguageExtensions` does."""

from typing import Any

import pytest

from console.template import expanded

TEMPLATE: dict[str, Any] = {
    "Mappings": {"Colours": {"Red": {"Name": "very-red"}, "Blue": {"Name": "sky"}}},
    "Resources": {
        "Fn::ForEach::Boxes": [
            "Colour",
            ["Red", "Blue"],
            {
                "${Colour}Box": {
                    "Name": {"Fn::FindInMap": ["Colours", {"Ref": "Colour"}, "Name"]},
                    "Lid": {"Ref": {"Fn::Sub": "${Colour}Lid"}},
                    "Size": {"Fn::GetAtt": [{"Fn::Sub": "${Colour}Lid"}, "Size"]},
                    "Label": {"Fn::Sub": ["${Prefix}-${Colour}-${X}", {"X": {"Ref": "Colour"}}]},
                    "Path": {"Fn::Sub": "${Prefix}/${Colour}/${AWS::Region}"},
                    "Plain": "${Colour}",
                    "${Colour}": "a key below the loop's own keys",
                }
            },
        ],
        "Other": {"Count": {"Ref": "Count"}},
    },
}


def box(colour: str, name: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Lid": {"Ref": f"{colour}Lid"},
        "Size": {"Fn::GetAtt": [f"{colour}Lid", "Size"]},
        "Label": {"Fn::Sub": [f"${{Prefix}}-{colour}-${{X}}", {"X": colour}]},
        "Path": {"Fn::Sub": f"${{Prefix}}/{colour}/${{AWS::Region}}"},
        "Plain": "${Colour}",
        "${Colour}": "a key below the loop's own keys",
    }


def test_a_loop_is_what_it_repeats_once_for_each_name_with_the_name_put_in() -> None:
    assert expanded(TEMPLATE)["Resources"] == {
        "RedBox": box("Red", "very-red"),
        "BlueBox": box("Blue", "sky"),
        "Other": {"Count": {"Ref": "Count"}},
    }


def test_a_loop_inside_a_loop_knows_both_names() -> None:
    inner = ["B", ["X", "Y"], {"${A}${B}": {"Fn::Sub": "${A}-${B}"}}]

    loops = {"Fn::ForEach::Outer": ["A", ["P", "Q"], {"Fn::ForEach::Inner": inner}]}

    assert expanded({"Resources": loops})["Resources"] == {
        "PX": "P-X",
        "PY": "P-Y",
        "QX": "Q-X",
        "QY": "Q-Y",
    }


def test_a_map_that_is_read_by_a_parameter_is_left_to_cloudformation() -> None:
    node = {"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "Size"]}

    assert expanded({"Resources": {"A": node}})["Resources"]["A"] == node


@pytest.mark.parametrize("names", ["Red", {"Ref": "Colours"}, [1]])
def test_a_loop_over_anything_but_names_is_refused(names: Any) -> None:
    loop = {"Fn::ForEach::Boxes": ["Colour", names, {"${Colour}Box": {}}]}

    with pytest.raises(ValueError, match="Fn::ForEach::Boxes goes over a list of names"):
        expanded({"Resources": loop})


def test_a_loop_that_makes_a_name_twice_is_refused() -> None:
    loop = {"Fn::ForEach::Boxes": ["Colour", ["Red"], {"${Colour}Box": {}}], "RedBox": {}}

    with pytest.raises(ValueError, match="there already: RedBox"):
        expanded({"Resources": loop})
