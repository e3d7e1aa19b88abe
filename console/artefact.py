"""What functions are made of: `action_groups/`, `shared/` and, for AWS, the runtime dependencies.

`python -m console.artefact DIRECTORY` fills a directory for `sam build`, which calls it through the
Makefile once for each function, and with `--mcp-server` for the function that is the MCP server:
that one has packages and files that no other has. The dependencies are installed once and copied
after that.
"""

import ast
import compileall
import gzip
import hashlib
import io
import json
import marshal
import py_compile
import re
import shutil
import ssl
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("action_groups", "shared")
MCP_SERVER = frozenset(
    map(
        Path,
        (
            "action_groups/mcp_server.py",
            "shared/channel.py",
            "shared/front_doors/mcp.py",
            "shared/front_doors/mcp_url.py",
        ),
    )
)
"""What no function has but the MCP server: it needs other packages, and makes proofs."""
_STAGE = ROOT / "build" / "artefact"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_UNCHECKED = (1).to_bytes(4, "little")
"""In the head of a bytecode file: it is of the source with this hash, which nobody need compare."""
_WITHOUT_REFERENCES = 2
"""The last version of marshal whose output does not depend on how often an object is held."""

_KEPT_OF_METADATA = {"METADATA", "WHEEL", "licenses", "LICENSE", "LICENSE.txt", "NOTICE"}
_NEVER_IMPORTED = ("pydantic", "v1")
"""pydantic looks there when a model is declared with a type that it does not know: none is."""
_MODULE_NAME = re.compile(r"\.*[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_PLATFORM = "manylinux2014_x86_64"


AUTHORITIES = {
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e": "Amazon Root CA 1",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4": "Amazon Root CA 2",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4": "Amazon Root CA 3",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092": "Amazon Root CA 4",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5": (
        "Starfield Services Root Certificate Authority - G2"
    ),
}
"""The roots that a trust store of one's own should hold, all five, says Amazon Trust Services,
which signs for AWS (amazontrust.com/repository); by SHA-256. AWS_CA_BUNDLE names another store."""
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\n.*?-----END CERTIFICATE-----\n", re.DOTALL)


@dataclass(frozen=True)
class Artefact:
    """What one kind of function is made of.

    botocore describes some 400 services; `services` are those that are called, and sts for
    credentials. Packages that find their modules in ways of their own are kept whole.
    """

    requirements: str
    services: frozenset[str]
    left_out: frozenset[Path] = frozenset()
    has_whole_packages: bool = False


FUNCTIONS = Artefact(
    "requirements.txt", frozenset({"dynamodb", "events", "kms", "sqs", "sts"}), MCP_SERVER
)
MCP_FUNCTION = Artefact(
    "requirements-mcp-server.txt", frozenset({"kms", "lambda", "sts"}), has_whole_packages=True
)


def python_version(template: str, gateway_template: str) -> str:
    """Return the version of Python, such as 3.11, that the templates name for all functions.

    Raises ValueError where they name several: the artefact would be of one, and run on another.
    """
    declared = template.partition("\n  PythonVersion:\n")[2].partition("Description:")[0]
    named = re.findall(r'"(3\.\d+)"', declared) + re.findall(r"python(3\.\d+)", gateway_template)
    if len(set(named)) != 1:
        raise ValueError(
            f"The functions would be of Python {' and '.join(sorted(set(named)))}: write one as "
            "Default and AllowedValues of PythonVersion in template.yaml, and as every Runtime in "
            "gateway.yaml."
        )
    return str(named[0])


def _python_version() -> str:
    texts = ((ROOT / name).read_text() for name in ("template.yaml", "gateway.yaml"))
    return python_version(*texts)


def source_files(artefact: Artefact = FUNCTIONS) -> list[Path]:
    """Return the source files of an artefact, relative to the root of the repository."""
    found = (
        path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )
    return sorted(path for path in found if path not in artefact.left_out)


def source_zip(artefact: Artefact = FUNCTIONS) -> bytes:
    """Return the zip of the sources alone, for a stack whose functions share this interpreter."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in source_files(artefact):
            source, bytecode = (ROOT / path).read_bytes(), Path(cache_from_source(path))
            for name, content in ((path, source), (bytecode, _bytecode(path, source))):
                archive.writestr(zipfile.ZipInfo(name.as_posix(), date_time=_FIXED_TIME), content)
    return buffer.getvalue()


def _bytecode(path: Path, source: bytes) -> bytes:
    """Return the bytecode file of a source that never changes, from Python's own where it is."""
    code = SourceFileLoader(path.stem, str(ROOT / path)).get_code(path.stem)
    dumped = marshal.dumps(code, _WITHOUT_REFERENCES)
    return MAGIC_NUMBER + _UNCHECKED + source_hash(source) + dumped


def build(directory: Path, artefact: Artefact = FUNCTIONS) -> None:
    """Fill the directory with an artefact for Lambda's Python runtime."""
    shutil.copytree(_dependencies(artefact), directory, dirs_exist_ok=True)
    add_sources(directory, artefact)
    add_bytecode(directory)


def add_sources(directory: Path, artefact: Artefact) -> None:
    """Put the sources of an artefact into its directory."""
    for path in source_files(artefact):
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)


def _dependencies(artefact: Artefact) -> Path:
    """Install the pinned dependencies for Lambda, unless they are there as they must be."""
    requirements = ROOT / artefact.requirements
    stage = _STAGE / requirements.stem
    installed, stamp = stage / "dependencies", stage / "made-of"
    version = _python_version()
    how = Path(__file__).read_text()
    made_of = f"{version}\n{requirements.read_text()}\n{sorted(artefact.services)}\n{how}"
    if stamp.exists() and stamp.read_text() == made_of:
        return installed
    shutil.rmtree(stage, ignore_errors=True)
    subprocess.run(  # noqa: S603 the arguments are constants
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"),
            *("--require-hashes", "--requirement", str(requirements), "--target", str(installed)),
            *("--python-version", version, "--platform", _PLATFORM, "--only-binary", ":all:"),
        ],
        check=True,
        stdout=sys.stderr,
    )
    prune(installed, artefact)
    stamp.write_text(made_of)
    return installed


def prune(installed: Path, artefact: Artefact) -> None:
    """Take away what no function can use: services, modules that nothing imports, their tests."""
    _prune_botocore(installed / "botocore", artefact.services)
    shutil.rmtree(installed / "bin", ignore_errors=True)
    for path in installed.glob("*.dist-info/*"):
        if path.name not in _KEPT_OF_METADATA:
            _remove(path)
    if artefact.has_whole_packages:
        return
    reached = modules_reached(installed)
    for path in sorted(installed.rglob("*.py"), reverse=True):
        if path not in reached:
            path.unlink()
            _remove_empty(path.parent)


def modules_reached(installed: Path) -> set[Path]:
    """Return the files of the modules that a function may import from these, now or later.

    Those that our sources name, and then those that a module so found names: in an import
    statement anywhere in it, or in a text that is the name of a module.
    """
    reached: set[Path] = set()
    left = [file for name in _named_by_the_sources() for file in _files_of(installed, name)]
    while left:
        file = left.pop()
        if file in reached:
            continue
        reached.add(file)
        inside = file.relative_to(installed).with_suffix("").parts
        package = inside[:-1]
        for name in _modules_named(ast.parse(file.read_bytes()), package):
            if name[:2] != _NEVER_IMPORTED:
                left += _files_of(installed, name)
    return reached


def _named_by_the_sources() -> Iterator[tuple[str, ...]]:
    for path in source_files():
        yield from _modules_named(ast.parse((ROOT / path).read_text()), ())


def _modules_named(tree: ast.Module, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what may be modules, by the parts of their names; some are no modules."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = node.module.split(".") if node.module else ()
            named = (*_base(package, node.level), *inside)
            yield from ((*named, alias.name) for alias in node.names)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "." in node.value
            and _MODULE_NAME.fullmatch(node.value)
        ):
            name = node.value.lstrip(".")
            level = len(node.value) - len(name)
            yield (*_base(package, level), *name.split("."))


def _base(package: tuple[str, ...], level: int) -> tuple[str, ...]:
    """Return what a name with so many dots before it begins with, inside of a package."""
    return package[: len(package) - level + 1] if level else ()


def _files_of(installed: Path, name: tuple[str, ...]) -> Iterator[Path]:
    """Yield the files that importing a module runs: its packages', and its own."""
    for length in range(1, len(name) + 1):
        path = installed.joinpath(*name[:length])
        for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
            if file.is_file():
                yield file


def _prune_botocore(botocore: Path, services: frozenset[str]) -> None:
    data = botocore / "data"
    for path in data.iterdir():
        if path.is_dir() and path.name not in services:
            shutil.rmtree(path)
    for path in data.rglob("examples-1.json"):
        path.unlink()
    for path in data.rglob("*.json.gz"):
        described = json.loads(gzip.decompress(path.read_bytes()))
        path.with_suffix("").write_text(json.dumps(undocumented(described)))
        path.unlink()
    authorities = botocore / "cacert.pem"
    if authorities.exists():
        authorities.write_text(reduced_authorities(authorities.read_text(encoding="utf-8")))
    endpoints = data / "endpoints.json"
    if endpoints.exists():
        endpoints.write_text(
            json.dumps(reduced_endpoints(json.loads(endpoints.read_text()), services))
        )


def undocumented(described: Any) -> Any:
    """Return the description of a service without the texts that only a person reads.

    To unpack and read them is a hundredth of a cold start.
    """
    if isinstance(described, list):
        return [undocumented(one) for one in described]
    if not isinstance(described, dict):
        return described
    return {
        name: undocumented(held)
        for name, held in described.items()
        if not (name == "documentation" and isinstance(held, str))
    }


def reduced_authorities(bundle: str) -> str:
    """Return those of a bundle of certificates that sign for AWS.

    A function trusts nobody else with what it says to AWS; and to read all of them is a tenth of a
    cold start, and as much for every further connection. Raises ValueError when one is missing.
    """
    certificates = {
        hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest(): pem
        for pem in _CERTIFICATE.findall(bundle)
    }
    missing = [name for digest, name in AUTHORITIES.items() if digest not in certificates]
    if missing:
        raise ValueError(f"botocore's bundle lacks {', '.join(missing)}: update AUTHORITIES.")
    return "".join(certificates[digest] for digest in AUTHORITIES)


def reduced_endpoints(endpoints: dict[str, Any], services: frozenset[str]) -> dict[str, Any]:
    """Return botocore's table of endpoints with these services, for its own place.

    Reading all of it is a tenth of a cold start.
    """
    partitions = [
        {
            **partition,
            "services": {
                name: service for name, service in partition["services"].items() if name in services
            },
        }
        for partition in endpoints["partitions"]
    ]
    return {**endpoints, "partitions": partitions}


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _remove_empty(folder: Path) -> None:
    while not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def add_bytecode(directory: Path) -> None:
    """Add bytecode: the functions cannot write it, and would compile at each cold start.

    Only the Python version that Lambda runs can write bytecode that Lambda reads.
    """
    if sys.version_info[:2] == tuple(map(int, _python_version().split("."))):
        compileall.compile_dir(
            str(directory),
            quiet=1,
            stripdir=str(directory),
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            workers=0,
        )


if __name__ == "__main__":
    build(Path(sys.argv[1]), MCP_FUNCTION if "--mcp-server" in sys.argv else FUNCTIONS)
