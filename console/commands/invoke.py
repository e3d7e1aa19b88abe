"""`centli invoke`."""

from collections.abc import Sequence

import click

from console.commands._options import (
    Pair,
    choose_stack,
    choose_user,
    complete_operation,
    examples,
)
from console.where import Where


@click.command(
    epilog=examples(
        "centli invoke getBalance",
        'centli invoke resolveAlias alias="mi hermano" --user user-maria',
        "centli invoke --port 4567 searchProducts search=televisor",
    )
)
@click.argument("operation", shell_complete=complete_operation)
@click.argument("arguments", nargs=-1, type=Pair(), metavar="[NAME=VALUE]...")
@choose_user("The caller; '' for none.")
@click.option("--session", help="Session id; a new one unless said.")
@click.option("--request-id", help="The application's own id of the request.")
@choose_stack
def command(
    *,
    operation: str,
    arguments: Sequence[tuple[str, str]],
    user: str,
    session: str | None,
    request_id: str | None,
    where: Where,
) -> int:
    """Call an operation as a Bedrock agent does.

    OPERATION is such as getBalance. Prints the exact request and response.
    Ends with 0 when it was done, 1 when it was refused.
    """
    from console import calling

    return calling.invoke(
        where, operation, dict(arguments), user_id=user, session_id=session, request_id=request_id
    )
