"""Arrows point one way: front door to operation to data access, and nothing deployed to console."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from action_groups import group_names
from console.artefact import MCP_FUNCTION, MCP_SERVER, source_files

MAX_LINES = 400
TOP = 30
"""Lines in which a reason is looked for."""
RUNTIME = {
    *("botocore", "jellyfish", "mypy_boto3_dynamodb"),
    *("mypy_boto3_events", "pydantic", "pydantic_core", "simplejson"),
    "snapshot_restore_py",
}
"""Packages of the artefact, and the one that Lambda's runtimes of Python 3.12 and later have."""
OF_THE_MCP_SERVER = {"anyio", "mangum", "mcp", "mcp_types"}


def imports(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield f"{node.module}"


@pytest.mark.parametrize("path", source_files(MCP_FUNCTION), ids=str)
def test_a_deployed_file_imports_only_what_is_deployed(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports(path.read_text())}
    more = set() if path in source_files() else OF_THE_MCP_SERVER

    assert "console" not in tops
    assert "scripts" not in tops
    assert tops <= set(__import__("sys").stdlib_module_names) | RUNTIME | more | {
        "action_groups",
        "shared",
    }


def test_no_function_imports_the_mcp_server_or_its_packages() -> None:
    left_out = {path.with_suffix("").as_posix().replace("/", ".") for path in MCP_SERVER}
    for path in source_files():
        imported = set(imports(path.read_text()))
        assert not imported & left_out, path
        assert not {name.split(".")[0] for name in imported} & OF_THE_MCP_SERVER, path


def test_a_file_above_four_hundred_lines_says_why_at_its_top() -> None:
    """But for what is generated or locked, and the data of tests."""
    folders = ("action_groups", "shared", "console", "scripts", "benchmarks", "docs", "tests")
    written = {".css", ".js", ".md", ".py", ".toml"}
    found = [path for folder in folders for path in Path(folder).rglob("*")]
    files = [path for path in found if path.suffix in written] + [*Path().glob("*.*")]
    lines = {
        path: path.read_text(encoding="utf-8").splitlines() for path in files if path.is_file()
    }
    silent = [
        str(path)
        for path, said in lines.items()
        if len(said) > MAX_LINES
        and not path.match("requirements*.txt")
        and "Longer than 400 lines: " not in "\n".join(said[:TOP])
    ]
    assert len(files) > 300
    assert silent == []


@pytest.mark.parametrize("group", group_names())
def test_a_group_imports_no_other_group(group: str) -> None:
    others = {f"action_groups.{other}" for other in group_names() if other != group}
    for path in Path("action_groups", group).rglob("*.py"):
        for name in imports(path.read_text()):
            assert not any(name.startswith(other) for other in others), path


def test_what_is_shared_imports_no_group() -> None:
    for path in Path("shared").rglob("*.py"):
        assert not any(name.startswith("action_groups") for name in imports(path.read_text()))


def test_an_operation_imports_no_front_door() -> None:
    for path in Path("action_groups").rglob("operations/*.py"):
        assert not any("front_doors" in name for name in imports(path.read_text()))


def test_the_check_of_imports_sees_an_import_inside_a_function() -> None:
    assert list(imports("def f():\n    from console import cli\n")) == ["console"]
