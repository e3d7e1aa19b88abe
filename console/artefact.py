"""The deployed artefact: `action_groups/`, `shared/` and, for AWS, the runtime dependencies.

`python -m console.artefact DIRECTORY` fills a directory for `sam build`, which calls it through the
Makefile once for each function. The dependencies are installed once and copied after that.
"""

import compileall
import io
import py_compile
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("action_groups", "shared")
MCP_SERVER = Path("shared/front_doors/mcp.py")
"""Needs packages that no function has, and is part of none."""
_STAGE = ROOT / "build" / "artefact"
_REQUIREMENTS = ROOT / "requirements.txt"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)

# botocore describes some 400 services; the functions use these four, and sts for credentials.
BOTOCORE_DATA_KEPT = {"dynamodb", "events", "kms", "sqs", "sts"}
_RUNTIME = ("3.11", "manylinux2014_x86_64")


def source_files() -> list[Path]:
    """Return the source files of the functions, relative to the root of the repository."""
    found = (
        path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")
    )
    return sorted(path for path in found if path != MCP_SERVER)


def source_zip() -> bytes:
    """Return the zip of the sources alone, for a stack whose functions share this interpreter."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in source_files():
            archive.writestr(
                zipfile.ZipInfo(path.as_posix(), date_time=_FIXED_TIME), (ROOT / path).read_bytes()
            )
    return buffer.getvalue()


def build(directory: Path) -> None:
    """Fill the directory with the artefact for Lambda's Python runtime."""
    dependencies = _dependencies()
    shutil.copytree(dependencies, directory, dirs_exist_ok=True)
    for path in source_files():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    _compile(directory)


def _dependencies() -> Path:
    """Install the pinned runtime dependencies for Lambda, unless they are there as they must be."""
    installed = _STAGE / "dependencies"
    stamp = _STAGE / "made-of"
    made_of = f"{_REQUIREMENTS.read_text()}\n{sorted(BOTOCORE_DATA_KEPT)}"
    if stamp.exists() and stamp.read_text() == made_of:
        return installed
    shutil.rmtree(_STAGE, ignore_errors=True)
    version, platform = _RUNTIME
    subprocess.run(  # noqa: S603 the arguments are constants
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"),
            *("--require-hashes", "--requirement", str(_REQUIREMENTS), "--target", str(installed)),
            *("--python-version", version, "--platform", platform, "--only-binary", ":all:"),
        ],
        check=True,
        stdout=sys.stderr,
    )
    _prune_botocore(installed / "botocore" / "data")
    shutil.rmtree(installed / "bin", ignore_errors=True)
    stamp.write_text(made_of)
    return installed


def _prune_botocore(data: Path) -> None:
    for path in data.iterdir():
        if path.is_dir() and path.name not in BOTOCORE_DATA_KEPT:
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
    build(Path(sys.argv[1]))
