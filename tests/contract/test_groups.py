"""The action groups are the packages of `action_groups/`: found by looking, each loaded alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import action_groups
from action_groups import all_groups, group_names, handler, load_group
from tests.support.tables import function_environment

SPECIFIED = {"core_banking", "crm", "marketplace"}
GROUP = """
from shared.operations import ActionGroup

{variable} = ActionGroup("{name}", "{name}", "Title", "Description.", store=lambda *_: None)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose packages stand beside those of `action_groups/`."""
    monkeypatch.setattr(action_groups, "__path__", [*action_groups.__path__, str(tmp_path)])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]
    load_group.cache_clear()


def write(folder: Path, name: str, text: str) -> None:
    (folder / name / "operations").mkdir(parents=True)
    (folder / name / "__init__.py").write_text(text)
    (folder / name / "operations" / "__init__.py").write_text("")


def test_those_of_the_specification_are_there() -> None:
    assert set(group_names()) >= SPECIFIED
    assert [group.name for group in all_groups()] == list(group_names())


def test_a_package_is_a_group_as_soon_as_it_is_there(folder: Path) -> None:
    write(folder, "invented", GROUP.format(variable="invented", name="invented"))
    (folder / "not_a_package").mkdir()
    assert "invented" in {group.name for group in all_groups()}
    assert "not_a_package" not in group_names()


@pytest.mark.parametrize(
    "text",
    [
        "",
        GROUP.format(variable="invented", name="other"),
        GROUP.format(variable="invented", name="invented")
        + GROUP.format(variable="second", name="invented"),
    ],
)
def test_a_package_that_is_not_one_group_of_its_name_is_refused(folder: Path, text: str) -> None:
    write(folder, "invented", text)
    with pytest.raises(TypeError, match=r"action_groups/invented/__init__\.py must define one"):
        all_groups()


def test_loading_twice_declares_each_operation_once() -> None:
    first = {group.name: list(group) for group in all_groups()}
    load_group.cache_clear()
    assert {group.name: list(group) for group in all_groups()} == first


def test_the_handler_of_no_group_is_missing_by_name() -> None:
    with pytest.raises(AttributeError, match="no action group `lending`"):
        handler.lending  # noqa: B018


@pytest.mark.parametrize("name", group_names())
def test_a_function_imports_the_code_of_its_own_group_alone(name: str) -> None:
    script = (
        "import sys\n"
        "from action_groups import handler\n"
        f"handler.{name}\n"
        "print(*{m.split('.')[1] for m in sys.modules if m.startswith('action_groups.')})"
    )
    nowhere = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    environment = {**os.environ, **function_environment(), **nowhere}
    shown = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    *_, imported = shown.stdout.splitlines()
    assert set(imported.split()) == {"handler", name}
