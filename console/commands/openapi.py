"""`centli openapi` and `centli openapi lint`."""

from collections.abc import Sequence
from pathlib import Path

import click

from console.commands._options import examples


@click.group(
    invoke_without_command=True, epilog=examples("centli openapi", "centli openapi --check")
)
@click.option("--check", is_flag=True, help="Compare only; end with 1 on a difference.")
@click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    help="Where the schema files are; the openapi folder of the project unless said.",
)
@click.pass_context
def command(context: click.Context, check: bool, directory: Path | None) -> int:
    """Write the schemas that agents read, or check schema files."""
    if context.invoked_subcommand is not None:
        return 0
    from console import openapi

    folder = directory or openapi.DIRECTORY
    return openapi.report_drift(folder) if check else openapi.write_and_report(folder)


@command.command(
    epilog=examples(
        "centli openapi lint openapi/crm.yaml",
        "centli openapi lint a.json b.yaml --group loans",
        "centli openapi lint --rules",
    )
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--group", help="Action group name; the file's name unless said.")
@click.option("--strict", is_flag=True, help="Fail on advice as on refusals.")
@click.option("--rules", is_flag=True, help="List the rules and end.")
def lint(files: Sequence[Path], group: str | None, strict: bool, rules: bool) -> int:
    """Check any OpenAPI files against what Bedrock agents and AgentCore read."""
    from console import openapi

    return openapi.list_rules() if rules else openapi.lint_files(files, group, strict=strict)
