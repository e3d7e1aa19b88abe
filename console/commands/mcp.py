"""`centli mcp`."""

import click

from console.commands._options import (
    PORT,
    choose_stack,
    choose_user,
    examples,
    setting,
)
from console.where import Where


@click.command(
    epilog=examples("centli mcp", "centli mcp --http-port 8000", "centli mcp --aws --user ID")
)
@choose_user("The customer whom the server acts for.")
@setting(
    "--http-port",
    type=PORT,
    help="Serve by HTTP on this machine; else by standard input and output.",
)
@click.option(
    "--client-asks",
    is_flag=True,
    help="The client asks its person before each call; the bank then does not ask again.",
)
@choose_stack
def command(*, user: str, http_port: int | None, client_asks: bool, where: Where) -> int:
    """Serve the operations of a stack as MCP tools, for one customer.

    Before anything moves, the bank asks the customer by the client's own form.
    """
    from console import mcp_server

    return mcp_server.run(where, user_id=user, http_port=http_port, asks_itself=client_asks)
