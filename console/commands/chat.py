"""`centli chat`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from console.commands._options import (
    choose_brain,
    choose_user,
    examples,
)

if TYPE_CHECKING:
    from console.chat.session import ChatSettings


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
@click.option("--yes", is_flag=True, help="With -m: confirm what is asked.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@choose_brain
def command(
    *,
    settings: "Callable[[Sequence[str]], ChatSettings]",
    user: str,
    trace: bool,
    messages: Sequence[str],
    yes: bool,
    as_json: bool,
) -> int:
    """Talk to the action groups in the terminal. A stack is started when none runs.

    Ends with -m: 0 done; 1 refused by the bank or not readable; 2 wrong usage; 3 what was asked
    last waits for a confirmation and was not done; 4 not understood, or something is missing; 5 the
    bank or the model did not answer.
    """
    from console.chat import session, terminal

    manner = terminal.Manner(messages=messages or None, yes=yes, trace=trace, as_json=as_json)
    with session.chat_until_stopped(settings([user])) as service:
        return terminal.run(service, user, manner)
