"""`centli up`."""

import click

from console.commands._options import PORT, examples, setting
from console.where import DEFAULT_PORT


@click.command(epilog=examples("centli up", "centli up --port 4567"))
@setting("--port", type=PORT, default=DEFAULT_PORT, show_default=True, help="Of the local stack.")
def command(*, port: int) -> int:
    """Start the local stack, deploy and seed it, and stay."""
    from console import up

    return up.stay(port)
