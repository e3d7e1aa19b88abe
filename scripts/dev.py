"""Everything a developer runs, from any Python 3.11 or newer and nothing else.

    python3 scripts/dev.py chat      talk to the action groups in the terminal, on a local stack
    python3 scripts/dev.py web       the same as a web page
    python3 scripts/dev.py demo      the main job on a local stack, shown and checked
    python3 scripts/dev.py test      the tests; further arguments go to pytest
    python3 scripts/dev.py check     the whole gate, or its parts that are named:
                                     lint, format, types, schemas, template, tests
    python3 scripts/dev.py centli …  any `centli` command, such as `centli up`

The first run makes `.venv` and installs the pinned packages into it; later runs find it there.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_OLDEST_PYTHON = (3, 11)
_SOURCES = ("action_groups", "shared", "console", "scripts", "tests", "benchmarks")


class Environment:
    """A virtual environment with pinned packages, made when it is missing or out of date."""

    def __init__(self, folder: str, pins: str, *, with_project: bool) -> None:
        self.folder = ROOT / folder
        self._pins = ROOT / pins
        self._with_project = with_project

    def program(self, name: str) -> str:
        """Return the path of a program of the environment."""
        windows = os.name == "nt"
        return str(self.folder / ("Scripts" if windows else "bin") / name)

    def ensure(self) -> None:
        """Make the environment what the pins say."""
        stamp = self.folder / "installed-pins"
        wanted = hashlib.sha256(self._pins.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == wanted:
            return
        print(f"installing {self._pins.name} into {self.folder.name} (once) ...", flush=True)
        venv.create(self.folder, with_pip=True, clear=True)
        pip = [self.program("python"), "-m", "pip", "--disable-pip-version-check", "install"]
        pip += ["--quiet", "--no-deps", "--no-compile"]
        _run([*pip, "--require-hashes", "--requirement", str(self._pins)])
        if self._with_project:
            _run([*pip, "--no-build-isolation", "--editable", str(ROOT)])
        stamp.write_text(wanted)


_PROJECT = Environment(".venv", "requirements-dev.txt", with_project=True)
_SAM = Environment(".venv-sam", "requirements-sam.txt", with_project=False)


def demo(arguments: Sequence[str]) -> None:
    """Show the main job."""
    centli(["demo", *arguments])


def chat(arguments: Sequence[str]) -> None:
    """Talk in the terminal."""
    centli(["chat", *arguments])


def web(arguments: Sequence[str]) -> None:
    """Talk in the browser."""
    centli(["web", *arguments])


def centli(arguments: Sequence[str]) -> None:
    """Run a `centli` command, which alone decides what Ctrl-C means."""
    _PROJECT.ensure()
    signal.signal(signal.SIGINT, lambda *_: None)
    _run([_PROJECT.program("centli"), *arguments])


def test(arguments: Sequence[str]) -> None:
    """Run the tests, on as many processes as there are cores."""
    _PROJECT.ensure()
    _ensure_browser()
    _run([_PROJECT.program("python"), "-m", "pytest", "-n", "auto", *arguments])


def check(parts: Sequence[str]) -> None:
    """Run the whole gate, or the parts that are named; the quickest come first."""
    unknown = [part for part in parts if part not in GATE]
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}: name some of {', '.join(GATE)}.")
    _PROJECT.ensure()
    for part in parts or GATE:
        GATE[part]()


def _lint() -> None:
    _run([_PROJECT.program("ruff"), "check", *_SOURCES])


def _format() -> None:
    _run([_PROJECT.program("ruff"), "format", "--check", *_SOURCES])


def _types() -> None:
    _run([_PROJECT.program("mypy")])


def _schemas() -> None:
    _run([_PROJECT.program("centli"), "openapi", "--check"])
    schemas = sorted(map(str, (ROOT / "openapi").glob("*.yaml")))
    _run([_PROJECT.program("centli"), "openapi", "lint", "--strict", *schemas])


def _template() -> None:
    _SAM.ensure()
    _run([_SAM.program("sam"), "validate", "--lint", "--region", "us-east-1"])


def _tests() -> None:
    """Run the tests, and refuse too few covered branches."""
    report = ROOT / "build" / "coverage.json"
    test(["--cov", "--cov-report=term:skip-covered", f"--cov-report=json:{report}"])
    _run([_PROJECT.program("python"), "-m", "scripts.branch_coverage", str(report)])


GATE: dict[str, Callable[[], None]] = {
    "lint": _lint,
    "format": _format,
    "types": _types,
    "schemas": _schemas,
    "template": _template,
    "tests": _tests,
}

_COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {
    "chat": chat,
    "web": web,
    "demo": demo,
    "test": test,
    "check": check,
    "centli": centli,
}


def main() -> int:
    """Run the command that the arguments name, and return its exit code."""
    if sys.version_info < _OLDEST_PYTHON:
        print("CENTLI needs Python 3.11 or newer.", file=sys.stderr)
        return 1
    if len(sys.argv) < 2 or sys.argv[1] not in _COMMANDS:  # noqa: PLR2004
        print(__doc__, file=sys.stderr)
        return 2
    try:
        _COMMANDS[sys.argv[1]](sys.argv[2:])
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    except KeyboardInterrupt:
        return 130
    return 0


def _ensure_browser() -> None:
    """Install a Chromium where there is none; without one the browser tests are skipped."""
    python = _PROJECT.program("python")
    find = [python, "-m", "scripts.browser"]
    if _succeeds(find):
        return
    print("installing Chromium for the browser tests (once) ...", flush=True)
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0 and _succeeds([apt, "update"]):
        _succeeds([apt, "install", "--yes", "--no-install-recommends", "chromium"])
    if not _succeeds(find) and not _succeeds([python, "-m", "playwright", "install", "chromium"]):
        print("That failed: the browser tests are skipped, or fail where CI is set.", flush=True)


def _succeeds(command: Sequence[str]) -> bool:
    """Run a command quietly, and tell whether it succeeded."""
    done = subprocess.run(  # noqa: S603 the arguments are this file's own
        command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True
    )
    return done.returncode == 0


def _run(command: Sequence[str]) -> None:
    subprocess.run(  # noqa: S603 the arguments are a developer's own
        command, check=True, cwd=ROOT, env=os.environ | {"SAM_CLI_TELEMETRY": "0"}
    )


if __name__ == "__main__":
    sys.exit(main())
