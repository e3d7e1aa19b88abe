"""`centli help`."""

from collections.abc import Sequence

import click

from console.commands._options import examples


def _complete(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    root = context.find_root()
    names = root.command.list_commands(root) if isinstance(root.command, click.Group) else []
    return [name for name in names if name.startswith(incomplete)]


@click.command(epilog=examples("centli help", "centli help invoke", "centli help openapi lint"))
@click.argument("names", nargs=-1, metavar="[COMMAND]...", shell_complete=_complete)
@click.pass_context
def command(context: click.Context, names: Sequence[str]) -> int:
    """Show the help of a command."""
    shown = context.find_root()
    for name in names:
        if not isinstance(shown.command, click.Group):
            raise click.UsageError(f"`{shown.command_path}` has no commands.")
        found = shown.command.get_command(shown, name)
        if found is None:
            raise click.NoSuchCommand(
                name, possibilities=shown.command.list_commands(shown), ctx=shown
            )
        shown = click.Context(found, info_name=name, parent=shown)
    click.echo(shown.get_help())
    return 0
