"""What is deployed: the sources of the groups and of what they share, and nothing else."""

import ast
import io
import zipfile
from pathlib import Path

import pytest

from console import artefact
from console.artefact import FUNCTIONS, MCP_FUNCTION, Artefact, source_files, source_zip

EVERY = pytest.mark.parametrize("made", [FUNCTIONS, MCP_FUNCTION], ids=lambda a: a.requirements)


def names(made: Artefact = FUNCTIONS) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(source_zip(made))).namelist()


def test_the_artefact_holds_the_groups_and_what_they_share_alone() -> None:
    assert {name.split("/")[0] for name in names()} == {"action_groups", "shared"}
    assert {Path(name).suffix for name in names()} == {".py"}


def test_the_artefact_holds_every_operation() -> None:
    operations = {p.as_posix() for p in Path("action_groups").glob("*/operations/*.py")}

    assert operations <= set(names())


@EVERY
def test_the_artefact_knows_every_service_that_a_function_calls(made: Artefact) -> None:
    own = set(source_files(made)) - (set() if made is FUNCTIONS else set(source_files()))
    calls = [
        node
        for path in own
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "client"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    called = {ast.literal_eval(call.args[0]) for call in calls}

    assert called >= ({"dynamodb", "events"} if made is FUNCTIONS else {"kms", "lambda"})
    assert called <= made.services


def test_the_mcp_server_has_what_all_functions_have_and_four_files_more() -> None:
    more = set(names(MCP_FUNCTION)) - set(names())
    assert set(names()) < set(names(MCP_FUNCTION))
    assert {Path(name) for name in more} == FUNCTIONS.left_out


def test_dependencies_that_lack_a_service_are_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(command: list[str], **_: object) -> None:
        target = Path(command[command.index("--target") + 1])
        for service in ("dynamodb", "kms", "s3"):
            (target / "botocore" / "data" / service).mkdir(parents=True)

    def services() -> set[str]:
        data = artefact._dependencies(made) / "botocore" / "data"
        return {path.name for path in data.iterdir()}

    monkeypatch.setattr(artefact, "_STAGE", tmp_path)
    monkeypatch.setattr("console.artefact.subprocess.run", install)
    made = Artefact("requirements.txt", frozenset({"dynamodb"}))
    assert services() == {"dynamodb"}
    (tmp_path / "requirements" / "dependencies" / "kept").touch()
    services()
    assert (tmp_path / "requirements" / "dependencies" / "kept").exists(), (
        "nothing changed, so nothing is installed"
    )

    made = Artefact("requirements.txt", frozenset({"dynamodb", "kms"}))
    assert services() == {"dynamodb", "kms"}


def test_the_same_sources_make_the_same_artefact() -> None:
    assert source_zip() == source_zip()
