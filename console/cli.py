"""The `centli` command: it finds the commands, runs one, and says what went wrong in a sentence."""

import os
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click

from console import commands
from console.commands._options import examples
from console.errors import ConsoleError
from console.stopping import READER_IS_GONE

PROGRAM: Final = "centli"
COMPLETION_VARIABLE: Final = "_CENTLI_COMPLETE"
"""Set by the shell's completion, which asks the command itself."""

_INTERRUPTED: Final = 130
"""What a shell says of a command that Ctrl-C ended: 128 and SIGINT."""


class _Commands(click.Group):
    """The commands that are modules of `console.commands`, each loaded when it is asked for."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return their names."""
        names = [module.name for module in pkgutil.iter_modules(commands.__path__)]
        return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command. Raises NoSuchCommand, which proposes those with a similar name."""
        known = self.list_commands(context)
        if name not in known:
            raise click.NoSuchCommand(name, possibilities=known, ctx=context)
        module: Any = import_module(f"{commands.__name__}.{name.replace('-', '_')}")
        command: click.Command = module.command
        return command


centli = _Commands(
    PROGRAM,
    help="CENTLI action groups: run them here, call them, talk to them.",
    epilog="An option that is not given is read from the CENTLI_ variable that its help names.\n\n"
    + examples(
        "centli chat",
        "centli up --port 4567",
        "CENTLI_PORT=4567 centli invoke getBalance",
        "centli help invoke",
    ),
    no_args_is_help=True,
    params=[],
)
click.version_option(package_name="centli", message="%(prog)s %(version)s")(centli)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        code = _run(sys.argv[1:] if arguments is None else list(arguments))
        print(end="", flush=True)
    except BrokenPipeError:
        _write_no_more()
        return READER_IS_GONE
    except OSError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        _write_what_can_be()
        return 1
    except (KeyboardInterrupt, click.Abort):
        return _INTERRUPTED
    except Exception as error:
        if (explained := _explained(error)) is None:
            raise
        return explained
    return code


def _run(arguments: list[str]) -> int:
    if instruction := os.environ.get(COMPLETION_VARIABLE):
        from click.shell_completion import shell_complete  # noqa: PLC0415 rarely needed

        return shell_complete(centli, {}, PROGRAM, COMPLETION_VARIABLE, instruction)
    with centli.make_context(PROGRAM, arguments) as context:
        code: int = centli.invoke(context)
    return code


def _explained(error: Exception) -> int | None:
    """Say what a person can act on, and return the exit code; None for any other error."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, ConsoleError):
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("console"):
        print(
            f"{PROGRAM}: the package `{error.name}` is missing. Run "
            f"`python3 scripts/dev.py {PROGRAM}`, which installs all.",
            file=sys.stderr,
        )
        return 1
    if _is_of_aws(error):
        print(f"{PROGRAM}: AWS did not answer as expected: {error}", file=sys.stderr)
        return 1
    return None


def _write_what_can_be() -> None:
    try:
        print(end="", flush=True)
    except OSError:
        _write_no_more()


def _write_no_more() -> None:
    """Let what is still to be written at the end of the process go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _is_of_aws(error: Exception) -> bool:
    """Tell whether boto3 raised it, without loading boto3 to find out."""
    exceptions = sys.modules.get("botocore.exceptions")
    return exceptions is not None and isinstance(
        error, (exceptions.ClientError, exceptions.BotoCoreError)
    )
