"""`centli --help` loads little. Modules are counted: a time says nothing of another machine."""

import subprocess
import sys

MAX_MODULES = 80
"""More than Python has loaded when it has nothing to do."""

_HELP = "from console.cli import main; main(['--help'])"
_TELL = "import sys; print(*sys.modules, sep='\\n', file=sys.stderr)"


def modules_after(code: str) -> set[str]:
    """Return what a fresh process has loaded at the end of some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {_TELL}"], check=True, capture_output=True, text=True
    )
    return set(done.stderr.splitlines())


def test_the_help_loads_no_command_and_no_package_but_that_of_the_command_line() -> None:
    loaded = modules_after(_HELP) - modules_after("pass")

    tops = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names
    assert tops == {"click", "console"}
    assert len(loaded) <= MAX_MODULES


def test_a_package_that_the_help_would_load_is_seen() -> None:
    assert len(modules_after(f"import botocore.session; {_HELP}")) > MAX_MODULES
