"""`centli completion`."""

import click

from console.commands._options import examples


@click.command(
    epilog=examples(
        'eval "$(centli completion bash)"     # in ~/.bashrc',
        'eval "$(centli completion zsh)"      # in ~/.zshrc',
        "centli completion fish | source      # in config.fish",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print what completes commands in SHELL.

    The Tab key then completes commands, options, operations, event types and seeded customers.
    """
    from click.shell_completion import get_completion_class

    from console.cli import COMPLETION_VARIABLE, PROGRAM

    made = get_completion_class(shell)
    assert made is not None, shell
    click.echo(made(context.find_root().command, {}, PROGRAM, COMPLETION_VARIABLE).source())
    return 0
