"""Reading `template.yaml`: as written, and with its loops expanded as CloudFormation expands them.

Of the transform AWS::LanguageExtensions this knows what the template uses: `Fn::ForEach` over a
list of names, and `Fn::FindInMap`, `Ref`, `Fn::GetAtt` and `Fn::Sub` that name what is looped over.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, TypeVar

import yaml
from samtranslator.yaml_helper import intrinsics_multi_constructor

from console.artefact import ROOT
from console.fast_yaml import SafeLoader

TEMPLATE = ROOT / "template.yaml"
GATEWAY_TEMPLATE = ROOT / "gateway.yaml"
T = TypeVar("T")
Template = dict[str, Any]

_LOOP = "Fn::ForEach::"
_VARIABLE = re.compile(r"\$\{(\w+)\}")


_NOT_WHOLE: Final = (yaml.YAMLError, LookupError, TypeError, ValueError, AttributeError)
"""What a half-written template raises, wherever something of it is looked for."""


class TemplateNotWhole(Exception):
    """A template lacks what it has to have, or has something else in its place."""


class _TemplateLoader(SafeLoader):
    """Turns the short intrinsic functions (`!Ref`) into the long ones."""


_TemplateLoader.add_multi_constructor("!", intrinsics_multi_constructor)


def load_template() -> dict[str, Any]:
    """Read the template; its short intrinsic functions (`!Ref`) become the long ones."""
    return parsed(TEMPLATE.read_text(encoding="utf-8"))


def load_gateway_template() -> dict[str, Any]:
    """Read the template of the gateway's stack, which has no loops, in the same way."""
    return parsed(GATEWAY_TEMPLATE.read_text(encoding="utf-8"))


def parsed(text: str) -> dict[str, Any]:
    """Read the text of a template as `load_template` does."""
    template: dict[str, Any] = yaml.load(text, Loader=_TemplateLoader)  # noqa: S506 it is safe
    return template


def told_of(load: Callable[[], Template], name: str, tell: Callable[[Template], T]) -> T:
    """Return what is told of a template.

    Raises TemplateNotWhole, which names the resource without which it could be told.
    """
    try:
        template = load()
    except _NOT_WHOLE as error:
        raise TemplateNotWhole(f"{name} cannot be read: {error}") from None
    try:
        return tell(template)
    except _NOT_WHOLE as error:
        where = ", ".join(_culprits(template, tell)) or "something"
        why = f"{type(error).__name__}: {error}"
        raise TemplateNotWhole(f"{name}: {where} is not whole ({why})") from None


def _culprits(template: Any, tell: Callable[[Template], object]) -> Iterator[str]:
    """Yield each resource without which the rest of a template could be told of."""
    resources = template.get("Resources") if isinstance(template, Mapping) else None
    if not isinstance(resources, Mapping):
        return
    for name in resources:
        others = {other: held for other, held in resources.items() if other != name}
        with suppress(*_NOT_WHOLE):
            tell({**template, "Resources": others})
            yield str(name)


def expanded_template() -> dict[str, Any]:
    """Read the template and expand its loops; functions stay `AWS::Serverless::Function`."""
    return expanded(load_template())


def expanded(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template without loops: each is what it repeats, once for every name of its list.

    Raises ValueError for a loop over anything but names, and for one that makes a name twice.
    """
    expansion = _Expansion(template.get("Mappings", {}))
    return {section: expansion.of(content, {}) for section, content in template.items()}


class _Expansion:
    def __init__(self, mappings: Mapping[str, Any]) -> None:
        self._mappings: Any = mappings

    def of(self, node: Any, items: Mapping[str, str]) -> Any:
        """Return a node of the template, given the item of each loop that it stands in."""
        if isinstance(node, list):
            return [self.of(child, items) for child in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(function, argument)] = node.items()
            if function == "Ref" and isinstance(argument, str) and argument in items:
                return items[argument]
            if function == "Fn::Sub":
                return self._substitution(argument, items)
            if function == "Fn::FindInMap":
                return self._found(self.of(argument, items))
        members = [pair for key, value in node.items() for pair in self._members(key, value, items)]
        if len(dict(members)) < len(members):
            names = [name for name, _ in members]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValueError(f"A loop repeats what is there already: {', '.join(twice)}")
        return dict(members)

    def _members(self, key: str, value: Any, items: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        if not key.startswith(_LOOP):
            yield key, self.of(value, items)
            return
        identifier, names, fragment = value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"{key} goes over a list of names, not over {names!r}")
        for item in names:
            inner = {**items, identifier: item}
            for name, repeated in fragment.items():
                yield from self._members(_filled(name, inner), repeated, inner)

    def _substitution(self, argument: Any, items: Mapping[str, str]) -> Any:
        """Return the Fn::Sub, or the text itself where nothing is left to substitute."""
        if isinstance(argument, list):
            text, variables = argument
            return {"Fn::Sub": [_filled(text, items), self.of(variables, items)]}
        text = _filled(argument, items)
        return {"Fn::Sub": text} if "${" in text else text

    def _found(self, arguments: list[Any]) -> Any:
        """Return what a map has, or the Fn::FindInMap where that is not known or not there."""
        if not all(isinstance(argument, str) for argument in arguments):
            return {"Fn::FindInMap": arguments}
        found = self._mappings
        for key in arguments:
            if key not in found:
                return {"Fn::FindInMap": arguments}
            found = found[key]
        return found


def _filled(text: str, items: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: items.get(match[1], match[0]), text)
