"""How large the artefact is, and how little a function imports of it at its start."""

import ast
import io
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from console import artefact
from console.artefact import (
    modules_reached,
    source_files,
)
from tests.support import rights
from tests.support.tables import function_environment

pytestmark = pytest.mark.slow


MAX_BYTES = 20_000_000
MAX_ZIPPED_BYTES = 7_000_000
MAX_UNUSED_BYTES = 450_000
"""Of sources that are only named, such as by an import inside a function."""
MAX_MODULES, MAX_MODULES_OF_THE_RELAY = 455, 352
"""Imported when a function starts, Python's own included."""
RELAY = "shared.relay_handler.lambda_handler"
NOT_AT_THE_START = {"boto3", "s3transfer", "aws_lambda_powertools", "pydantic.v1", "unittest"}

_START = """
import json, sys, time
from importlib import import_module
time.sleep = lambda _: None  # nobody answers, and the client would wait to ask again
module, _, name = sys.argv[1].rpartition(".")
getattr(import_module(module), name)
told = {name: getattr(found, "__file__", None) for name, found in sys.modules.items()}
print(json.dumps(told))
"""


@cache
def modules_at_the_start(handler: str, folder: Path) -> dict[str, str | None]:
    """Return what a fresh process has imported when a function is ready, each with its file."""
    started = subprocess.run(
        [sys.executable, "-S", "-c", _START, handler],
        env={
            **function_environment(),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
        },
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    modules: dict[str, str | None] = json.loads(started.stdout.splitlines()[-1])
    return modules


HANDLERS = sorted({properties["Handler"] for _, properties in rights.FUNCTIONS.values()})


def sizes_above(folder: Path) -> dict[str, int]:
    """Return by how many bytes what is deployed is above its ceilings: whole, and zipped."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.relative_to(folder))
    above = {
        "whole": sum(path.stat().st_size for path in files) - MAX_BYTES,
        "zipped": len(zipped.getvalue()) - MAX_ZIPPED_BYTES,
    }
    return {what: number for what, number in above.items() if number > 0}


@pytest.fixture(scope="session")
def with_bytecode(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is deployed, as `sam build` makes it."""
    copy = tmp_path_factory.mktemp("with-bytecode")
    shutil.copytree(deployed, copy, dirs_exist_ok=True)
    artefact.add_bytecode(copy)
    return copy


def test_the_artefact_is_small(with_bytecode: Path) -> None:
    assert sizes_above(with_bytecode) == {}


def test_an_artefact_that_is_larger_is_seen(with_bytecode: Path) -> None:
    """The control: a file that no archive makes smaller."""
    more = with_bytecode / "more.bin"
    more.write_bytes(random.Random(1).randbytes(MAX_BYTES // 4))
    try:
        assert set(sizes_above(with_bytecode)) == {"whole", "zipped"}
    finally:
        more.unlink()


def too_much_at_the_start(handler: str, folder: Path) -> list[str]:
    """Return what is wrong with what a function imports when it starts."""
    modules = modules_at_the_start(handler, folder)
    outside = [file for file in modules.values() if file and "site-packages" in file]
    found = [*outside, *(name for name in modules if name in NOT_AT_THE_START)]
    most = MAX_MODULES_OF_THE_RELAY if handler == RELAY else MAX_MODULES
    return [*found, *([f"{len(modules)} modules"] if len(modules) > most else [])]


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_starts_from_the_artefact_alone_and_imports_little(
    handler: str, deployed: Path
) -> None:
    assert too_much_at_the_start(handler, deployed) == []


WITH_MORE_THAN_FIELDS = {"ActionGroup", "Cashback", "Instalments", "Points", "Unreadable"}
"""What a list of its own or an attribute of the class keeps from being a named tuple."""


def dataclasses_of(modules: Iterable[Path]) -> set[str]:
    return {
        node.name
        for path in modules
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
        if "dataclass" in ast.unparse(decorator)
    }


def test_records_that_a_function_imports_at_its_start_are_named_tuples(deployed: Path) -> None:
    """A dataclass compiles its methods when it is imported."""
    imported = {
        Path(file)
        for handler in HANDLERS
        for file in modules_at_the_start(handler, deployed).values()
        if file
    }
    ours = {deployed / path for path in source_files()} & imported

    assert len(ours) > 50
    assert dataclasses_of(ours) == WITH_MORE_THAN_FIELDS


@pytest.mark.parametrize("handler", [RELAY, "action_groups.handler.crm"])
def test_a_function_that_imports_one_module_too_many_is_seen(
    handler: str, deployed: Path, tmp_path: Path
) -> None:
    """The control: as many modules more as there is room for, and then one."""
    most = MAX_MODULES_OF_THE_RELAY if handler == RELAY else MAX_MODULES
    room = most - len(modules_at_the_start(handler, deployed))
    for more in (room, room + 1):
        copy = tmp_path / str(more)
        shutil.copytree(deployed, copy)
        source = copy / (handler.rpartition(".")[0].replace(".", "/") + ".py")
        names = [f"one_more_{number}" for number in range(more)]
        for name in names:
            (copy / f"{name}.py").touch()
        source.write_text("\n".join([source.read_text(), *(f"import {name}" for name in names)]))
        assert too_much_at_the_start(handler, copy) == [f"{most + 1} modules"] * (more > room)


def test_what_the_artefact_holds_of_packages_is_imported_or_named_by_what_is(
    deployed: Path,
) -> None:
    sources = {deployed / path for path in source_files()}
    held = set(deployed.rglob("*.py")) - sources
    imported = {
        Path(file)
        for handler in HANDLERS
        for file in modules_at_the_start(handler, deployed).values()
        if file and file.startswith(str(deployed)) and file.endswith(".py")
    }

    assert held == modules_reached(deployed) - sources
    assert imported - sources <= held
    unused = sum(path.stat().st_size for path in held - imported)
    assert unused <= MAX_UNUSED_BYTES
