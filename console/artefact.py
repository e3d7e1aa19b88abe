"""What functions are made of: `action_groups/`, `shared/` and, for AWS, the runtime dependencies.

`python -m console.artefact DIRECTORY` fills a directory for `sam build`, which calls it through the
Makefile once for each function, and with `--mcp-server` for the function that is the MCP server:
that one has packages and files that no other has. The dependencies are installed once and copied
after that.
"""

import compileall
import io
import py_compile
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

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

_RUNTIME = ("3.11", "manylinux2014_x86_64")


@dataclass(frozen=True)
class Artefact:
    """What one kind of function is made of.

    botocore describes some 400 services; `services` are those that are called, and sts for
    credentials.
    """

    requirements: str
    services: frozenset[str]
    left_out: frozenset[Path] = frozenset()


FUNCTIONS = Artefact(
    "requirements.txt", frozenset({"dynamodb", "events", "kms", "sqs", "sts"}), MCP_SERVER
)
MCP_FUNCTION = Artefact("requirements-mcp-server.txt", frozenset({"kms", "lambda", "sts"}))


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
            archive.writestr(
                zipfile.ZipInfo(path.as_posix(), date_time=_FIXED_TIME), (ROOT / path).read_bytes()
            )
    return buffer.getvalue()


def build(directory: Path, artefact: Artefact = FUNCTIONS) -> None:
    """Fill the directory with an artefact for Lambda's Python runtime."""
    shutil.copytree(_dependencies(artefact), directory, dirs_exist_ok=True)
    for path in source_files(artefact):
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    _compile(directory)


def _dependencies(artefact: Artefact) -> Path:
    """Install the pinned dependencies for Lambda, unless they are there as they must be."""
    requirements = ROOT / artefact.requirements
    stage = _STAGE / requirements.stem
    installed, stamp = stage / "dependencies", stage / "made-of"
    made_of = f"{requirements.read_text()}\n{sorted(artefact.services)}"
    if stamp.exists() and stamp.read_text() == made_of:
        return installed
    shutil.rmtree(stage, ignore_errors=True)
    version, platform = _RUNTIME
    subprocess.run(  # noqa: S603 the arguments are constants
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"),
            *("--require-hashes", "--requirement", str(requirements), "--target", str(installed)),
            *("--python-version", version, "--platform", platform, "--only-binary", ":all:"),
        ],
        check=True,
        stdout=sys.stderr,
    )
    _prune_botocore(installed / "botocore" / "data", artefact.services)
    shutil.rmtree(installed / "bin", ignore_errors=True)
    stamp.write_text(made_of)
    return installed


def _prune_botocore(data: Path, services: frozenset[str]) -> None:
    for path in data.iterdir():
        if path.is_dir() and path.name not in services:
            shutil.rmtree(path)


def _compile(directory: Path) -> None:
    """Add bytecode: the functions cannot write it, and would compile at each cold start.

    Only the Python version that Lambda runs can write bytecode that Lambda reads.
    """
    if sys.version_info[:2] == tuple(map(int, _RUNTIME[0].split("."))):
        compileall.compile_dir(
            str(directory),
            quiet=1,
            stripdir=str(directory),
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            workers=0,
        )


if __name__ == "__main__":
    build(Path(sys.argv[1]), MCP_FUNCTION if "--mcp-server" in sys.argv else FUNCTIONS)
