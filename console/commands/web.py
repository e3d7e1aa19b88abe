"""`centli web`."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from console.commands._options import CustomerId, choose_brain, examples, setting

if TYPE_CHECKING:
    from console.chat.session import ChatSettings


@click.command(
    epilog=examples("centli web", "centli web --no-browser --web-port 9000", "centli web --aws")
)
@setting(
    "--user",
    "users",
    type=CustomerId(),
    multiple=True,
    help="A customer besides the seeded; repeatable.",
)
@setting(
    "--web-port",
    type=click.IntRange(0, 65_535),
    default=8765,
    show_default=True,
    help="Of the page; 0 for any free one.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@choose_brain
def command(
    *,
    settings: "Callable[[Sequence[str]], ChatSettings]",
    users: Sequence[str],
    web_port: int,
    no_browser: bool,
) -> int:
    """Open the test chat as a web page on this machine. A stack is started when none runs."""
    from console.chat import session
    from console.ports import take
    from console.web.server import serve

    with (
        take(web_port, "--web-port") as listening,
        session.chat_until_stopped(settings(users)) as service,
    ):
        return serve(service, listening, open_browser=not no_browser)
