"""`centli invoke`."""

from collections.abc import Mapping

import click

from console.commands._options import (
    choose_stack,
    choose_user,
    complete_operation,
    examples,
    take_arguments,
)
from console.where import Where


@click.command(
    epilog=examples(
        "centli invoke getBalance",
        'centli invoke resolveAlias alias="mi hermano" --user user-maria',
        "centli invoke --port 4567 searchProducts search=televisor",
        "centli invoke createTransfer from_account=acc-maria-checking \\",
        "    to_account=acc-juan-checking amount=50 --confirm",
    )
)
@click.argument("operation", shell_complete=complete_operation)
@take_arguments
@choose_user("The caller; '' for none.", or_nobody=True)
@click.option("--session", help="Session id; a new one unless said.")
@click.option("--request-id", help="The application's own id of the request.")
@click.option(
    "--confirm", is_flag=True, help="Say the customer's yes to the bank's terms, whatever they are."
)
@choose_stack
def command(
    *,
    operation: str,
    arguments: Mapping[str, str],
    user: str,
    session: str | None,
    request_id: str | None,
    confirm: bool,
    where: Where,
) -> int:
    """Call an operation as a Bedrock agent does.

    OPERATION is such as getBalance. Prints the exact request and response.
    What needs the customer's yes is asked for at a terminal, after the bank's terms.
    Ends with 0 when it was done, 1 when it was refused, 3 when it waits for the yes.
    """
    from console import calling

    return calling.invoke(
        where,
        operation,
        arguments,
        user_id=user,
        session_id=session,
        request_id=request_id,
        confirm=confirm,
    )
