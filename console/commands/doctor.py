"""`centli doctor`."""

import click

from console.commands._options import choose_stack, examples
from console.where import Where


@click.command(epilog=examples("centli doctor", "centli doctor --aws --json"))
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON.")
@choose_stack
def command(*, as_json: bool, where: Where) -> int:
    """Say what is missing, wrong or behind in a deployed stack, and how to mend it.

    It only reads. Ends with 1 when something is wrong; a note is not.
    """
    from console import doctor
    from console.deployment import reach

    return doctor.run(reach(where), where.stack, as_json=as_json)
