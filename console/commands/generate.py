"""`centli generate`."""

import click

from console.commands._options import examples


@click.command(epilog=examples("centli generate", "centli generate --check"))
@click.option("--check", is_flag=True, help="Write nothing; end with 1 on a difference or a gap.")
def command(*, check: bool) -> int:
    """Write schemas, sample events and tables from the code, and say what is missing."""
    from console import generate

    return generate.run(check=check)
