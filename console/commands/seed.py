"""`centli seed`."""

import click

from console.commands._options import choose_stack, examples
from console.where import Where


@click.command(epilog=examples("centli seed", "centli seed --aws"))
@choose_stack
def command(*, where: Where) -> int:
    """Add the example customers that are missing."""
    from console.deployment import reach
    from console.seeds import seed_all

    click.echo(f"{seed_all(reach(where))} items added; what was there is unchanged")
    return 0
