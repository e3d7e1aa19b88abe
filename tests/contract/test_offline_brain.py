"""The offline brain stays small: a budget of lines, no long file, no cycle of imports."""

import ast
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path("console/agent/offline")
BUDGET = 4_504
"""How many lines its files may have: all of them, blank ones, comments and docstrings too. What it
knows of words are data files beside it, and is not counted."""


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def imported(tree: Iterable[ast.AST]) -> set[str]:
    """Return the modules of the package that these nodes import."""
    name = ".".join(PACKAGE.parts)
    found = {node for node in tree if isinstance(node, ast.ImportFrom)}
    from_package = {alias.name for node in found if node.module == name for alias in node.names}
    modules = {str(node.module) for node in found}
    return from_package | {m.removeprefix(f"{name}.") for m in modules if m.startswith(f"{name}.")}


def assert_no_cycle(modules: Mapping[str, set[str]]) -> None:
    try:
        TopologicalSorter(modules).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(error.args[1]))


def test_its_code_keeps_to_its_budget() -> None:
    assert sum(map(lines_of, PACKAGE.glob("*.py"))) <= BUDGET


def test_no_file_of_it_is_long() -> None:
    assert [path.name for path in PACKAGE.glob("*.py") if lines_of(path) > 400] == []


def test_its_modules_import_each_other_in_one_direction() -> None:
    trees = {path.stem: ast.parse(path.read_text()) for path in PACKAGE.glob("*.py")}

    assert_no_cycle({name: imported(ast.walk(tree)) for name, tree in trees.items()})


def test_none_of_its_functions_imports() -> None:
    for path in PACKAGE.glob("*.py"):
        tree = ast.parse(path.read_text())
        everywhere = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert everywhere == {n.lineno for n in tree.body if isinstance(n, ast.ImportFrom)}, path


def test_the_check_of_cycles_sees_one() -> None:
    with pytest.raises(pytest.fail.Exception):
        assert_no_cycle({"questions": {"readers"}, "readers": {"questions"}})
