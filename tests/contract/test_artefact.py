"""What is deployed: the sources of the groups, and of their packages what a function can use."""

import ast
import importlib.metadata
import io
import itertools
import json
import marshal
import os
import random
import re
import shutil
import ssl
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.exceptions import BotoCoreError, DataNotFoundError
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from console import artefact
from console.artefact import (
    AUTHORITIES,
    FUNCTIONS,
    MCP_FUNCTION,
    Artefact,
    modules_reached,
    prune,
    python_version,
    reduced_authorities,
    reduced_endpoints,
    source_files,
    source_zip,
    undocumented,
)
from shared import clients
from tests.support import rights
from tests.support.tables import function_environment

pytestmark = pytest.mark.slow

EVERY = pytest.mark.parametrize("made", [FUNCTIONS, MCP_FUNCTION], ids=lambda a: a.requirements)

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


def names(made: Artefact = FUNCTIONS) -> list[str]:
    """Return the names of what the zip of the sources holds, without their bytecode."""
    held = zipfile.ZipFile(io.BytesIO(source_zip(made))).namelist()
    return [name for name in held if not name.endswith(".pyc")]


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The artefact, made of the packages of this environment, which are those of the pins."""
    folder = tmp_path_factory.mktemp("artefact")
    pins = re.findall(r"^([\w.-]+)==", Path("requirements.txt").read_text(), re.MULTILINE)
    for name in pins:
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            if file.suffix != ".pyc" and ".." not in file.parts:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(distribution.locate_file(file), folder / file)  # type: ignore[arg-type]
    prune(folder, FUNCTIONS)
    artefact.add_sources(folder, FUNCTIONS)
    return folder


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


HANDLERS = sorted({properties["Handler"] for _, properties in rights.FUNCTIONS.values()})


def test_the_artefact_holds_the_groups_and_what_they_share_alone() -> None:
    assert {name.split("/")[0] for name in names()} == {"action_groups", "shared"}
    assert {Path(name).suffix for name in names()} == {".py"}


def test_the_artefact_holds_every_operation() -> None:
    operations = {p.as_posix() for p in Path("action_groups").glob("*/operations/*.py")}

    assert operations <= set(names())


def services_called(made: Artefact) -> Iterator[str]:
    """Yield the service of every client that the sources make which no other artefact has."""
    own = set(source_files(made)) - (set() if made is FUNCTIONS else set(source_files()))
    for path in own:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                for where, what in itertools.pairwise([node.func, *node.args]):
                    name = getattr(where, "id", getattr(where, "attr", ""))
                    if name in {"client_of", "client"} and isinstance(what, ast.Constant):
                        yield what.value


@EVERY
def test_the_artefact_knows_every_service_that_a_function_calls(made: Artefact) -> None:
    called = set(services_called(made))

    expected = {"kms", "lambda"}
    if made is FUNCTIONS:
        expected = {"dynamodb", "events", "kms", "sqs"}
    assert called == expected
    assert called <= made.services


def test_the_clients_have_the_handlers_of_every_service_that_the_artefacts_hold() -> None:
    named_otherwise = {"events": "eventbridge"}
    held = FUNCTIONS.services | MCP_FUNCTION.services

    assert {named_otherwise.get(name, name) for name in held} == clients.SERVICES


def test_the_mcp_server_has_what_all_functions_have_and_four_files_more() -> None:
    more = set(names(MCP_FUNCTION)) - set(names())
    assert set(names()) < set(names(MCP_FUNCTION))
    assert {Path(name) for name in more} == FUNCTIONS.left_out


def test_the_services_of_the_artefact_are_there_and_no_other(deployed: Path) -> None:
    kept = {path.name for path in (deployed / "botocore" / "data").iterdir() if path.is_dir()}

    assert kept == FUNCTIONS.services


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


def descriptions(data: Path) -> dict[str, Any]:
    """Return what botocore's loader reads of the services that functions call, by its name."""
    loader = Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    kept = {"service-2", "endpoint-rule-set-1", "waiters-2", "paginators-1"}
    return {
        f"{service} {version} {kind}": loader.load_data(f"{service}/{version}/{kind}")
        for service in sorted(FUNCTIONS.services)
        for kind in kept
        for version in versions_of(loader, service, kind)
    }


def versions_of(loader: Loader, service: str, kind: str) -> list[str]:
    try:
        return loader.list_api_versions(service, kind)
    except DataNotFoundError:
        return []


def texts_left_out(whole: Any, kept: Any) -> int:
    """Return how many texts for people are missing; nothing else may be another."""
    if isinstance(whole, list):
        return sum(texts_left_out(*pair) for pair in zip(whole, kept, strict=True))
    if not isinstance(whole, dict):
        assert whole == kept
        return 0
    texts = {name for name in whole.keys() - kept.keys() if isinstance(whole[name], str)}
    assert kept.keys() == whole.keys() - texts
    assert texts <= {"documentation"}
    return len(texts) + sum(texts_left_out(whole[name], kept[name]) for name in kept)


def test_a_function_reads_of_a_service_what_botocore_has_but_for_texts_for_people(
    deployed: Path,
) -> None:
    whole = descriptions(Path(botocore.__file__).with_name("data"))
    kept = descriptions(deployed / "botocore" / "data")

    assert whole.keys() == kept.keys()
    assert len(whole) > 2 * len(FUNCTIONS.services)
    assert sum(texts_left_out(whole[name], kept[name]) for name in whole) > 1000
    assert not list((deployed / "botocore").rglob("*.gz"))


def test_a_member_called_documentation_stays() -> None:
    described = {"members": {"documentation": {"shape": "Text", "documentation": "Some words."}}}

    assert undocumented(described) == {"members": {"documentation": {"shape": "Text"}}}


def trusted(bundle: Path) -> set[str]:
    """Return the common names of the authorities of a bundle, as TLS reads it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(bundle)
    subjects = [dict(part for [part] in one["subject"]) for one in context.get_ca_certs()]
    return {one["commonName"] for one in subjects}


def test_a_function_trusts_the_authorities_of_amazon_and_no_other(deployed: Path) -> None:
    """The file is the one that botocore takes there: no package brings another."""
    where = subprocess.run(
        [sys.executable, "-S", "-c", "from botocore import httpsession as h; print(h.where())"],
        env={"PYTHONPATH": str(deployed), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=deployed,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()

    assert trusted(Path(where)) == set(AUTHORITIES.values())


def test_a_bundle_that_lacks_an_authority_of_amazon_is_not_deployed() -> None:
    bundle = Path(botocore.__file__).with_name("cacert.pem").read_text(encoding="utf-8")
    amazon = reduced_authorities(bundle)
    first, _, _ = amazon.partition("-----END CERTIFICATE-----\n")

    assert len(bundle) > 20 * len(amazon)
    assert reduced_authorities(amazon) == amazon
    with pytest.raises(ValueError, match="lacks Amazon Root CA 1: update"):
        reduced_authorities(bundle.replace(first, ""))


SERVICES = FUNCTIONS.services | MCP_FUNCTION.services


def endpoints_of(table: dict[str, Any]) -> dict[tuple[Any, ...], Any]:
    """Return the endpoint of every service that is called, in every region and variant there is."""
    resolver = EndpointResolver(table)
    regions = {region for partition in table["partitions"] for region in partition["regions"]}
    kinds = itertools.product(
        sorted(SERVICES), [*sorted(regions), "mx-new-1"], (False, True), (False, True)
    )
    return {kind: endpoint_of(resolver, *kind) for kind in kinds}


def endpoint_of(
    resolver: EndpointResolver, service: str, region: str, dual: bool, fips: bool
) -> Any:
    try:
        return resolver.construct_endpoint(
            service, region, use_dualstack_endpoint=dual, use_fips_endpoint=fips
        )
    except BotoCoreError as error:
        return type(error)


def test_every_endpoint_of_the_reduced_table_is_that_of_the_whole() -> None:
    whole = Loader().load_data("endpoints")

    assert len(endpoints_of(whole)) > 500
    assert endpoints_of(reduced_endpoints(whole, SERVICES)) == endpoints_of(whole)


def test_a_table_that_lacks_a_service_has_other_endpoints() -> None:
    whole = Loader().load_data("endpoints")

    assert endpoints_of(reduced_endpoints(whole, SERVICES - {"sts"})) != endpoints_of(whole)


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
