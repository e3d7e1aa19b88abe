"""`centli openapi lint`."""

from collections.abc import Sequence
from pathlib import Path

import click

from console.commands._options import examples


@click.group(no_args_is_help=True, epilog=examples("centli openapi lint openapi/crm.yaml"))
def command() -> None:
    """Check schema files; `centli generate` writes those of the project."""


@command.command(
    epilog=examples(
        "centli openapi lint openapi/crm.yaml",
        "centli openapi lint a.json b.yaml --group loans",
        "centli openapi lint openapi/*.yaml --max-operations 20",
        "centli openapi lint tools/*.yaml",
        "centli openapi lint --rules",
    )
)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--group", help="Action group name; the file's name unless said.")
@click.option(
    "--max-operations",
    type=click.IntRange(min=0),
    default=11,
    show_default=True,
    help="Your quota of APIs an agent, over all the files; 0 for any number.",
)
@click.option("--strict", is_flag=True, help="Fail on advice as on refusals.")
@click.option("--rules", is_flag=True, help="List the rules and end.")
def lint(
    files: Sequence[Path], group: str | None, max_operations: int, strict: bool, rules: bool
) -> int:
    """Check any files of OpenAPI or of tools against what Bedrock agents and AgentCore read."""
    from console import openapi

    if rules:
        return openapi.list_rules()
    return openapi.lint_files(files, group, max_operations, strict=strict)
