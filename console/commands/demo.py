"""`centli demo`."""

import click

from console.commands._options import PORT, examples


@click.command(epilog=examples("centli demo"))
@click.option("--port", type=PORT, help="Of the stack that is started; any free one unless said.")
def command(*, port: int | None) -> int:
    """Start a local stack, show the flows, stop."""
    from console import demo, up

    with up.seeded_stack(port) as deployment:
        return demo.run(deployment)
