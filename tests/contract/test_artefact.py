"""What is deployed: the sources of the groups and of what they share, and nothing else."""

import ast
import io
import zipfile
from pathlib import Path

import pytest

from console import artefact
from console.artefact import BOTOCORE_DATA_KEPT, source_files, source_zip


def names() -> list[str]:
    return zipfile.ZipFile(io.BytesIO(source_zip())).namelist()


def test_the_artefact_holds_the_groups_and_what_they_share_alone() -> None:
    assert {name.split("/")[0] for name in names()} == {"action_groups", "shared"}
    assert {Path(name).suffix for name in names()} == {".py"}


def test_the_artefact_holds_every_operation() -> None:
    operations = {p.as_posix() for p in Path("action_groups").glob("*/operations/*.py")}

    assert operations <= set(names())


def test_the_artefact_knows_every_service_that_a_function_calls() -> None:
    calls = [
        node
        for path in source_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "client"
        and node.args
    ]
    called = {ast.literal_eval(call.args[0]) for call in calls}

    assert called >= {"dynamodb", "events"}
    assert called <= BOTOCORE_DATA_KEPT


def test_dependencies_that_lack_a_service_are_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(command: list[str], **_: object) -> None:
        target = Path(command[command.index("--target") + 1])
        for service in ("dynamodb", "kms", "s3"):
            (target / "botocore" / "data" / service).mkdir(parents=True)

    def services() -> set[str]:
        data = artefact._dependencies() / "botocore" / "data"
        return {path.name for path in data.iterdir()}

    monkeypatch.setattr(artefact, "_STAGE", tmp_path)
    monkeypatch.setattr("console.artefact.subprocess.run", install)
    monkeypatch.setattr(artefact, "BOTOCORE_DATA_KEPT", {"dynamodb"})
    assert services() == {"dynamodb"}
    (tmp_path / "dependencies" / "kept").touch()
    services()
    assert (tmp_path / "dependencies" / "kept").exists(), "nothing changed, so nothing is installed"

    monkeypatch.setattr(artefact, "BOTOCORE_DATA_KEPT", {"dynamodb", "kms"})
    assert services() == {"dynamodb", "kms"}


def test_the_same_sources_make_the_same_artefact() -> None:
    assert source_zip() == source_zip()
