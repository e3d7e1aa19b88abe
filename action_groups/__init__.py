"""The action groups: every package in this folder is one, and they are listed nowhere."""

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.operations import ActionGroup


def group_names() -> tuple[str, ...]:
    """Return the names of the groups in alphabetical order, without importing any."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


@cache
def load_group(name: str) -> "ActionGroup":
    """Return a group with all its operations declared, without importing another group.

    Raises TypeError when the package does not define exactly one group, of its own name, and when
    an operation is not declared as it has to be; it names the package or the module.
    """
    from shared.operations import ActionGroup  # noqa: PLC0415 names alone need nothing of it

    package = importlib.import_module(f"{__name__}.{name}")
    found = [value for value in vars(package).values() if isinstance(value, ActionGroup)]
    if [group.name for group in found] != [name]:
        raise TypeError(f"action_groups/{name}/__init__.py must define one ActionGroup: {name}")
    operations = importlib.import_module(f"{package.__name__}.operations")
    for module in pkgutil.iter_modules(operations.__path__):
        full_name = f"{operations.__name__}.{module.name}"
        try:
            importlib.import_module(full_name)
        except TypeError as error:
            raise TypeError(f"{full_name}: {error}") from error
    return found[0]


def all_groups() -> "tuple[ActionGroup, ...]":
    """Return every group with its operations, without connecting to anything."""
    return tuple(map(load_group, group_names()))
