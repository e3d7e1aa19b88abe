"""`centli reconcile`."""

import click

from console.commands._options import choose_stack, examples
from console.where import Where


@click.command(epilog=examples("centli reconcile", "centli reconcile --aws"))
@choose_stack
def command(*, where: Where) -> int:
    """Prove the books: balances, records, payments, purchases, stock, and what was owed.

    Reads whole tables, so it belongs beside the traffic and not into it. It says by id what does
    not agree, counts that as the metric BookDisagreements, and ends with 1 when anything does not.
    """
    from console import reconcile
    from console.deployment import reach

    return reconcile.show(reach(where))
