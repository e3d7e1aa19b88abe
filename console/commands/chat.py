"""`centli chat`."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from console.commands._options import (
    choose_brain,
    choose_user,
    examples,
)

if TYPE_CHECKING:
    from console.chat.session import ChatSettings


def _pesos(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> Decimal | None:
    """Return an amount. Raises BadParameter."""
    from console.agent.wording import readable_amount

    amount = None if text is None else readable_amount(text)
    if text is not None and (amount is None or amount <= 0):
        raise click.BadParameter("Write an amount in pesos, such as 500 or 499.50.")
    return amount


@click.command(
    epilog=examples(
        "centli chat",
        "centli chat --user user-juan --trace",
        'centli chat -m "Transfiere 100 pesos a mi hermano" -m "sí"',
        'centli chat -m "how much do I have?" --json',
    )
)
@choose_user("The customer.")
@click.option("--trace", is_flag=True, help="Show every call, answer and bus event.")
@click.option(
    "-m",
    "--message",
    "messages",
    multiple=True,
    metavar="TEXT",
    help="Say this and end; may repeat: the messages of one conversation.",
)
@click.option("--yes", is_flag=True, help="With -m: confirm one change a message.")
@click.option(
    "--yes-up-to",
    metavar="PESOS",
    callback=_pesos,
    help="Let --yes confirm no more than this; with --yes-to, which a model needs too.",
)
@click.option("--yes-to", metavar="ACCOUNT", help="Let --yes confirm what goes to this account.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@choose_brain
def command(
    *,
    settings: "Callable[[Sequence[str]], ChatSettings]",
    user: str,
    trace: bool,
    messages: Sequence[str],
    yes: bool,
    yes_up_to: Decimal | None,
    yes_to: str | None,
    as_json: bool,
) -> int:
    """Talk to the action groups in the terminal. A stack is started when none runs.

    Ends with -m: 0 done; 1 refused by the bank or not readable; 2 wrong usage; 3 what was asked
    last waits for a confirmation and was not done; 4 not understood, or something is missing; 5 the
    bank or the model did not answer.
    """
    from console.chat import session, terminal

    chosen = settings([user])
    if yes and not messages:
        raise click.UsageError("--yes confirms unseen: it goes with -m only.")
    is_bounded = yes_up_to is not None and yes_to is not None
    if not is_bounded and (yes_up_to is not None or yes_to is not None):
        raise click.UsageError("--yes-up-to and --yes-to go together.")
    if is_bounded and not yes:
        raise click.UsageError("--yes-up-to and --yes-to say what --yes may confirm: give --yes.")
    if yes and chosen.is_model and not is_bounded:
        raise click.UsageError(
            "--yes confirms unseen, and a model may ask for anything: say what it may confirm with "
            "--yes-up-to PESOS and --yes-to ACCOUNT."
        )
    manner = terminal.Manner(
        messages=messages or None,
        yes=terminal.Allowance(yes_up_to, yes_to) if yes else None,
        trace=trace,
        as_json=as_json,
    )
    with session.chat_until_stopped(chosen) as service:
        return terminal.run(service, user, manner)
