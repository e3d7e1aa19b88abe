"""Everything a developer runs, from any Python 3.11 or newer and nothing else.

    python3 scripts/dev.py chat      talk to the action groups in the terminal, on a local stack
    python3 scripts/dev.py web       the same as a web page
    python3 scripts/dev.py demo      the main job on a local stack, shown and checked
    python3 scripts/dev.py test      the tests; further arguments go to pytest
                                     --fast: without a local AWS, browser, simulations and
                                     what is marked slow, and with fewer cases of a test
    python3 scripts/dev.py check     the whole gate, or its parts that are named:
                                     lint, format, types, schemas, template, tests
    python3 scripts/dev.py clients   the MCP server with clients of others, each in an environment
                                     of its own, or those that are named: strands, pydantic-ai,
                                     inspector, conformance (the last two need npm)
    python3 scripts/dev.py centli …  any `centli` command, such as `centli up`

The first run makes `.venv` and installs pinned packages: those of the chat for `chat`, `web` and
`demo`, all for the others. Later runs find them there.
"""

import contextlib
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import venv
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_OLDEST_PYTHON = (3, 11)
_SHOWN_LINES = 20


class Environment:
    """A virtual environment with pinned packages, made when it is missing or out of date."""

    def __init__(self, folder: str, *pins: str, with_project: bool) -> None:
        """Take the folder and its files of pins, each of which holds all of the one before it."""
        self.folder = ROOT / folder
        self._pins = [ROOT / name for name in pins]
        self._with_project = with_project

    def program(self, name: str) -> str:
        """Return the path of a program of the environment."""
        windows = os.name == "nt"
        return str(self.folder / ("Scripts" if windows else "bin") / name)

    def ensure(self, name: str) -> None:
        """Make the environment have the packages of a file of pins; more may be there."""
        pins = ROOT / name
        if self._has_all_of(pins):
            return
        with _alone(self.folder.name):
            if not self._has_all_of(pins):
                self._make(pins)

    def _has_all_of(self, pins: Path) -> bool:
        return any(self._has(larger) for larger in self._pins[self._pins.index(pins) :])

    def _make(self, pins: Path) -> None:
        started = time.monotonic()
        is_new = not any(self._has(smaller) for smaller in self._pins)
        if is_new:
            print(f"making {self.folder.name} (once) ...", file=sys.stderr, flush=True)
            venv.create(self.folder, clear=True)
        install = [*self._pip(), "--disable-pip-version-check", "install"]
        install += ["--no-deps", "--no-compile"]
        _install([*install, "--require-hashes", "--requirement", str(pins)], pins)
        if is_new and self._with_project:
            project = ["--no-build-isolation", "--editable", str(ROOT)]
            with _telling(lambda: "adding the centli command"):
                _run([*install, "--quiet", "--quiet", *project])
        self._stamp(pins).write_text(_digest(pins))
        seconds = time.monotonic() - started
        print(f"installed {pins.name} in {seconds:.0f} s", file=sys.stderr, flush=True)

    def _pip(self) -> list[str]:
        """Return what runs pip here: this Python's own, if it has one, saves installing another."""
        python = self.program("python")
        if importlib.util.find_spec("pip"):
            return [sys.executable, "-m", "pip", "--python", python]
        _run([python, "-m", "ensurepip"])
        return [python, "-m", "pip"]

    def _has(self, pins: Path) -> bool:
        stamp = self._stamp(pins)
        return stamp.exists() and stamp.read_text() == _digest(pins)

    def _stamp(self, pins: Path) -> Path:
        return self.folder / f"installed-{pins.stem}"


@contextlib.contextmanager
def _alone(name: str) -> Iterator[None]:
    """Wait for whoever makes an environment of this name already, where files can be locked."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with (build / f"{name}.lock").open("w") as held:
        if os.name != "nt":
            import fcntl  # noqa: PLC0415 Windows has none

            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _digest(pins: Path) -> str:
    return hashlib.sha256(pins.read_bytes()).hexdigest()


def _install(command: Sequence[str], pins: Path) -> None:
    """Run pip, and show how far it is; what it printed is shown when it fails."""
    total = pins.read_text().count("==")
    output: list[str] = []
    print(f"installing {total} packages of {pins.name} (once) ...", file=sys.stderr, flush=True)
    with (
        _telling(lambda: _stage(output, total)),
        subprocess.Popen(  # noqa: S603 the arguments are this file's own
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as pip,
    ):
        assert pip.stdout is not None
        output.extend(pip.stdout)
    if pip.returncode:
        print("".join(output[-_SHOWN_LINES:]), file=sys.stderr)
        raise subprocess.CalledProcessError(pip.returncode, command)


def _stage(output: Sequence[str], total: int) -> str:
    """Say how far pip is, by what it printed."""
    if any(line.startswith("Installing collected") for line in output):
        return "unpacking them"
    return f"{sum(line.startswith('Collecting ') for line in output)} of {total} found"


@contextlib.contextmanager
def _telling(stage: Callable[[], str]) -> Iterator[None]:
    """Show on a terminal, every second, how far something is and how long it takes so far."""
    if not sys.stderr.isatty():
        yield
        return
    started = time.monotonic()
    is_done = threading.Event()

    def tell() -> None:
        while not is_done.wait(1):
            shown = f"  {stage()}, {time.monotonic() - started:.0f} s"
            print(f"\r{shown:<40}", end="", file=sys.stderr, flush=True)
        print(f"\r{'':<40}\r", end="", file=sys.stderr, flush=True)

    teller = threading.Thread(target=tell)
    teller.start()
    try:
        yield
    finally:
        is_done.set()
        teller.join()


_CHAT_PINS = "requirements-chat.txt"
_ALL_PINS = "requirements-dev.txt"
_SAM_PINS = "requirements-sam.txt"
_CLIENTS = ("strands", "pydantic-ai", "inspector", "conformance")
_FAST = "--fast"
_FAST_CASES = 20
_SLOW_FOLDERS = ("stack", "browser", "simulation")
_PROJECT = Environment(".venv", _CHAT_PINS, _ALL_PINS, with_project=True)
_SAM = Environment(".venv-sam", _SAM_PINS, with_project=False)


def demo(arguments: Sequence[str]) -> None:
    """Show the main job."""
    _centli(["demo", *arguments], _CHAT_PINS)


def chat(arguments: Sequence[str]) -> None:
    """Talk in the terminal."""
    _centli(["chat", *arguments], _CHAT_PINS)


def web(arguments: Sequence[str]) -> None:
    """Talk in the browser."""
    _centli(["web", *arguments], _CHAT_PINS)


def centli(arguments: Sequence[str]) -> None:
    """Run a `centli` command."""
    _centli(arguments, _ALL_PINS)


def _centli(arguments: Sequence[str], pins: str) -> None:
    """Run a `centli` command with these packages; it alone decides what Ctrl-C means."""
    _PROJECT.ensure(pins)
    signal.signal(signal.SIGINT, lambda *_: None)
    _run([_PROJECT.program("centli"), *arguments])


def test(arguments: Sequence[str]) -> None:
    """Run the tests, on as many processes as there are cores; with `--fast` the quick folders."""
    _PROJECT.ensure(_ALL_PINS)
    pytest = [_PROJECT.program("python"), "-m", "pytest", "-n", "auto", "--dist", "worksteal"]
    if _FAST in arguments:
        left_out = ", ".join(f"tests/{name}" for name in _SLOW_FOLDERS)
        told = f"without {left_out}, what is marked slow; at most {_FAST_CASES} cases of a test"
        print(told, file=sys.stderr, flush=True)
        others = [argument for argument in arguments if argument != _FAST]
        quick = [f"--ignore=tests/{name}" for name in _SLOW_FOLDERS]
        quick += ["-m", "not local_aws and not slow", "--hypothesis-profile=centli-fast"]
        quick += [f"--max-cases={_FAST_CASES}"]
        _run([*pytest, *quick, *others])
        return
    _ensure_browser()
    _run([*pytest, *arguments])


def check(parts: Sequence[str]) -> None:
    """Run the whole gate, or the parts that are named.

    What they need is installed at once: to unpack packages is to wait for a disk and a network.
    Then the parts run at once, for each is one process at a time, and the tests' browser is
    installed; the tests come last, and alone.
    """
    _refuse_unknown("part", parts, GATE)
    chosen = parts or GATE
    needed = [(_PROJECT, _ALL_PINS), *([(_SAM, _SAM_PINS)] if "template" in chosen else [])]
    quick = {**GATE, "tests": _ensure_browser}
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda one: one[0].ensure(one[1]), needed))
        list(pool.map(lambda part: quick[part](), chosen))
    if "tests" in chosen:
        GATE["tests"]()


def clients(names: Sequence[str]) -> None:
    """Try the MCP server with clients of others, all of them or those that are named."""
    _refuse_unknown("client", names, _CLIENTS)
    _PROJECT.ensure(_ALL_PINS)
    for name in names or _CLIENTS:
        command = [_PROJECT.program("python"), "-m", "tests.clients", name]
        pins = f"tests/clients/{name}.txt"
        if (ROOT / pins).exists():
            environment = Environment(f"build/venv-{name}", pins, with_project=False)
            environment.ensure(pins)
            command.append(environment.program("python"))
        _run(command)


def _refuse_unknown(what: str, names: Sequence[str], known: Collection[str]) -> None:
    unknown = ", ".join(name for name in names if name not in known)
    if unknown:
        sys.exit(f"There is no {what} {unknown}: name some of {', '.join(known)}.")


def _lint() -> None:
    _run([_PROJECT.program("ruff"), "check"])


def _format() -> None:
    _run([_PROJECT.program("ruff"), "format", "--check"])


def _types() -> None:
    _run([_PROJECT.program("mypy")])


def _schemas() -> None:
    _run([_PROJECT.program("centli"), "generate", "--check"])
    folders = (ROOT / "openapi", ROOT / "tools")
    schemas = sorted(str(path) for folder in folders for path in folder.glob("*.yaml"))
    lint = [_PROJECT.program("centli"), "openapi", "lint", "--strict"]
    _run([*lint, "--max-operations", "0", *schemas])


def _template() -> None:
    for name in ("template.yaml", "gateway.yaml"):
        validate = ["validate", "--lint", "--region", "us-east-1", "--template", str(ROOT / name)]
        _run([_SAM.program("sam"), *validate])
    _run([_SAM.program("python"), "-m", "tests.support.lint"])


def _tests() -> None:
    """Run the tests, and refuse too few branches that unit tests cover.

    A test of everything at once passes many branches that it does not look at, and takes twice as
    long where they are counted.
    """
    report = ROOT / "build" / "coverage.json"
    unit = "tests/unit"
    test([unit, "--cov", "--cov-report=term:skip-covered", f"--cov-report=json:{report}"])
    _run([_PROJECT.program("python"), "-m", "scripts.branch_coverage", str(report)])
    test([f"--ignore={unit}"])


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
    "clients": clients,
    "centli": centli,
}


_HELP = ("help", "--help", "-h")


def main() -> int:
    """Run the command that the arguments name, and return its exit code."""
    if sys.version_info < _OLDEST_PYTHON:
        print("CENTLI needs Python 3.11 or newer.", file=sys.stderr)
        return 1
    name, *arguments = sys.argv[1:] or ["help"]
    if name in _HELP:
        print(__doc__)
        return 0
    if name not in _COMMANDS:
        print(f"There is no command {name}.\n\n{__doc__}", file=sys.stderr)
        return 2
    try:
        _COMMANDS[name](arguments)
    except subprocess.CalledProcessError as error:
        return int(error.returncode)
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}")
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
        _succeeds([apt, "install", "--yes", "--no-install-recommends", "chromium-headless-shell"])
    if not _succeeds(find) and not _succeeds([python, "-m", "playwright", "install", "chromium"]):
        print("That failed: the browser tests are skipped, or fail where CI is set.", flush=True)


def _succeeds(command: Sequence[str]) -> bool:
    """Run a command quietly, and tell whether it succeeded."""
    done = subprocess.run(  # noqa: S603 the arguments are this file's own
        command, check=False, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True
    )
    return done.returncode == 0


def _run(command: Sequence[str]) -> None:
    """Run a command; Python reads an empty variable as if it was not there, and keeps bytecode."""
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0", "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run(  # noqa: S603 the arguments are a developer's own
        command, check=True, cwd=ROOT, env=environment
    )


if __name__ == "__main__":
    sys.exit(main())
