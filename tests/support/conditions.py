"""A processed template as it is deployed with some parameters: without what they leave out."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NOTHING = {"Ref": "AWS::NoValue"}


def deployed(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return resources and outputs whose conditions hold, every `Fn::If` decided."""
    holds = decided(template, given)

    def made_of(node: Any) -> Any:
        match node:
            case {"Fn::If": [name, yes, no]}:
                return made_of(yes if holds[name] else no)
            case dict():
                pairs = ((key, made_of(value)) for key, value in node.items())
                return {key: value for key, value in pairs if value != _NOTHING}
            case list():
                return [value for value in map(made_of, node) if value != _NOTHING]
        return node

    return {
        section: {
            name: made_of({k: v for k, v in item.items() if k != "Condition"})
            for name, item in template[section].items()
            if "Condition" not in item or holds[item["Condition"]]
        }
        for section in ("Resources", "Outputs")
    }


def decided(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, bool]:
    """Return which conditions of a template hold with some parameters."""
    parameters = {n: str(p.get("Default", "")) for n, p in template["Parameters"].items()}
    conditions = template["Conditions"]
    return {n: _holds(c, conditions, {**parameters, **given}) for n, c in conditions.items()}


def _holds(condition: Any, named: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    [(function, argument)] = condition.items()
    match function:
        case "Condition":
            return _holds(named[argument], named, parameters)
        case "Fn::Equals":
            left, right = (
                parameters[a["Ref"]] if isinstance(a, dict) else str(a) for a in argument
            )
            return left == right
        case "Fn::Not":
            return not _holds(argument[0], named, parameters)
        case "Fn::And":
            return all(_holds(part, named, parameters) for part in argument)
        case "Fn::Or":
            return any(_holds(part, named, parameters) for part in argument)
    raise ValueError(f"This condition is not understood: {condition}")


def names_in(node: Any) -> Iterator[str]:
    """Yield every name that a node of a template refers to, but AWS's own parameters."""
    match node:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(path)}:
            yield path.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from names_in({"Fn::Sub": [text, {}]})
        case {"Fn::Sub": [str(text), dict(variables)]}:
            found = {name.partition(".")[0] for name in re.findall(r"\$\{([^!}]+)\}", text)}
            yield from (name for name in found - set(variables) if ":" not in name)
            yield from names_in(variables)
        case dict():
            for key, value in node.items():
                yield from (
                    [value] if key == "DependsOn" and isinstance(value, str) else names_in(value)
                )
        case list():
            for value in node:
                yield from names_in(value)
