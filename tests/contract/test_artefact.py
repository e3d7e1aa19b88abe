"""What is deployed: the sources of the groups, and of their packages what a function can use."""

import io
import marshal
import zipfile
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path

import pytest

from console import artefact
from console.artefact import (
    FUNCTIONS,
    MCP_FUNCTION,
    Artefact,
    prune,
    python_version,
    source_zip,
)

pytestmark = pytest.mark.slow


def names(made: Artefact = FUNCTIONS) -> list[str]:
    """Return the names of what the zip of the sources holds, without their bytecode."""
    held = zipfile.ZipFile(io.BytesIO(source_zip(made))).namelist()
    return [name for name in held if not name.endswith(".pyc")]


TEMPLATE, GATEWAY = (Path(name).read_text() for name in ("template.yaml", "gateway.yaml"))


def newer(template: str) -> str:
    return template.replace('"3.11"', '"3.13"').replace("python3.11", "python3.13")


def test_the_artefact_is_of_the_python_that_both_templates_name() -> None:
    assert python_version(TEMPLATE, GATEWAY) == "3.11"
    assert python_version(newer(TEMPLATE), newer(GATEWAY)) == "3.13"


@pytest.mark.parametrize(
    ("template", "gateway"),
    [
        (newer(TEMPLATE), GATEWAY),
        (TEMPLATE, newer(GATEWAY)),
        (TEMPLATE.replace('AllowedValues: ["3.11"]', 'AllowedValues: ["3.13"]'), GATEWAY),
        (TEMPLATE.replace('AllowedValues: ["3.11"]', 'AllowedValues: ["3.11", "3.13"]'), GATEWAY),
    ],
)
def test_templates_that_name_several_pythons_are_not_built_for(template: str, gateway: str) -> None:
    with pytest.raises(ValueError, match=r"Python 3\.11 and 3\.13: write one"):
        python_version(template, gateway)


def test_the_artefact_holds_the_groups_and_what_they_share_alone() -> None:
    assert {name.split("/")[0] for name in names()} == {"action_groups", "shared"}
    assert {Path(name).suffix for name in names()} == {".py"}


def test_the_artefact_holds_every_operation() -> None:
    operations = {p.as_posix() for p in Path("action_groups").glob("*/operations/*.py")}

    assert operations <= set(names())


def test_the_mcp_server_has_what_all_functions_have_and_four_files_more() -> None:
    more = set(names(MCP_FUNCTION)) - set(names())
    assert set(names()) < set(names(MCP_FUNCTION))
    assert {Path(name) for name in more} == FUNCTIONS.left_out


def test_dependencies_that_lack_a_service_are_installed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(command: list[str], **_: object) -> None:
        data = Path(command[command.index("--target") + 1], "botocore", "data")
        for service in ("dynamodb", "kms", "s3"):
            (data / service).mkdir(parents=True)
        (data / "endpoints.json").write_text('{"partitions": []}')

    def services() -> set[str]:
        data = artefact._dependencies(made) / "botocore" / "data"
        return {path.name for path in data.iterdir() if path.is_dir()}

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


def test_the_sources_of_a_local_stack_have_bytecode_that_is_theirs() -> None:
    held = zipfile.ZipFile(io.BytesIO(source_zip()))
    for name in names():
        source, bytecode = held.read(name), held.read(cache_from_source(name))
        assert bytecode[:4] == MAGIC_NUMBER
        assert bytecode[8:16] == source_hash(source)
        assert marshal.loads(bytecode[16:]) == compile(source, name, "exec"), name


def test_a_module_that_nothing_names_is_taken_away_and_one_that_is_named_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named in a statement, below in a function, by a text, or relatively: each is a way in."""
    files = {
        "used/__init__.py": "",
        "used/first.py": "def later():\n    from . import second\n    from .deep import third\n",
        "used/second.py": "TABLE = {'Name': '.fourth'}",
        "used/deep/__init__.py": "",
        "used/deep/third.py": "from .. import fifth",
        "used/fourth.py": "import used.first",
        "used/fifth.py": "",
        "used/lost.py": "import other",
        "other/__init__.py": "",
        "other/tests/__init__.py": "",
        "botocore/data/dynamodb/service.json": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(artefact, "_named_by_the_sources", lambda: [("used", "first", "later")])

    prune(tmp_path, FUNCTIONS)

    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.py")}
    assert left == {name for name in files if name.startswith("used/") and "lost" not in name}
    assert not (tmp_path / "other").exists()
