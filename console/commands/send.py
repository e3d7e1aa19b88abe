"""`centli send`."""

from collections.abc import Mapping

import click

from console.commands._options import (
    choose_stack,
    choose_user,
    complete_event_type,
    examples,
    take_arguments,
)
from console.where import Where


@click.command(
    epilog=examples(
        "centli send BALANCE_QUERY",
        "centli send TRANSFER_REQUEST from_account=acc-maria-checking \\",
        "    to_account=acc-juan-checking amount=50 --times 3",
    )
)
@click.argument("event_type", shell_complete=complete_event_type)
@take_arguments
@choose_user("The caller; '' for none.", or_nobody=True)
@click.option("--correlation-id", help="A new one unless said.")
@click.option(
    "--times",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Deliver the event so many times.",
)
@choose_stack
def command(
    *,
    event_type: str,
    arguments: Mapping[str, str],
    user: str,
    correlation_id: str | None,
    times: int,
    where: Where,
) -> int:
    """Publish an event and print those that follow.

    EVENT_TYPE is such as TRANSFER_REQUEST.
    Ends with 0 when it was done, 1 when it was refused or no reply came, 3 when it waits for the
    customer's yes.
    """
    from console import calling

    return calling.send(
        where,
        event_type,
        arguments,
        user_id=user,
        correlation_id=correlation_id,
        times=times,
    )
