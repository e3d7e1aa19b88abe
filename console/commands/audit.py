"""`centli audit`."""

import click

from console.commands._options import CustomerId, choose_stack, complete_customer, examples
from console.where import Where


@click.command(
    epilog=examples(
        "centli audit 01a214de-71a2-7b04-9361-511930338029 --user user-maria",
        "centli audit 01a214de-71a2-7b04-9361-511930338029 --account acc-juan-checking --aws",
        "centli audit ben-f04ce5c9de7d6bcf89b9225fc237f4af --user user-maria --json",
    )
)
@click.argument("identifier", metavar="ID")
@click.option(
    "--user",
    type=CustomerId(),
    shell_complete=complete_customer,
    help="Whose it is: one of the two sides.",
)
@click.option("--account", help="An account of one of the two sides.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with all that is stored.")
@choose_stack
def command(
    *, identifier: str, user: str | None, account: str | None, as_json: bool, where: Where
) -> int:
    """Show who asked for a change, and to what the customer said yes.

    ID is of a transaction or a purchase, or, with --user, of a beneficiary. It shows the terms as
    they were shown, when they were made and when the change was committed, on which door, and what
    became of the request. It shows names, accounts and amounts: it is for an officer of the bank.
    It ends with 1 when what is on record does not agree with the terms.
    """
    if user is not None and account is not None:
        raise click.UsageError("--user and --account say the same: give one of them.")
    from console import audit
    from console.deployment import reach

    return audit.show(reach(where), identifier, user_id=user, account_id=account, as_json=as_json)
