"""`centli dead-letters`."""

from collections.abc import Sequence

import click

from console.commands._options import choose_stack, examples
from console.where import Where


@click.command(
    epilog=examples(
        "centli dead-letters",
        "centli dead-letters redrive --id 3f0c4a0e-6f3c-4a58-9d0a-0c1d2e3f4a5b",
        "centli dead-letters redrive --all --aws",
    )
)
@click.argument("action", type=click.Choice(["list", "redrive"]), default="list")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Redrive this one; may repeat.")
@click.option("--all", "every", is_flag=True, help="Redrive every one.")
@choose_stack
def command(*, action: str, ids: Sequence[str], every: bool, where: Where) -> int:
    """Show what could not be handled, or hand it over once more."""
    if (bool(ids) + every) != (action == "redrive"):
        raise click.UsageError(
            "Name what to redrive with either --id or --all; a list takes neither."
        )
    from console import dead_letters
    from console.deployment import reach

    if action == "list":
        return dead_letters.show(reach(where))
    return dead_letters.redrive(reach(where), None if every else ids)
