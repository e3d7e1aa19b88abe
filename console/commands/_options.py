"""Options that several commands have, and how an option becomes a setting."""

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from console.agent.patience import Patience
from console.where import DEFAULT_PORT, DEFAULT_STACK, Where

if TYPE_CHECKING:
    from console.chat.session import ChatSettings

PORT: Final = click.IntRange(1, 65_535)
SECONDS: Final = click.FloatRange(0, min_open=True)


class CustomerId(click.ParamType[str]):
    """A customer's id, as the functions take one; or the empty text, for nobody."""

    name = "id"

    def __init__(self, *, or_nobody: bool = False) -> None:
        self._or_nobody = or_nobody

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the id. Raises BadParameter for what no customer has."""
        from shared.ids import CUSTOMER_ID

        if not CUSTOMER_ID.fullmatch(value) and (value or not self._or_nobody):
            self.fail("A customer's id is 1 to 128 visible ASCII characters.", param, ctx)
        return value


Function = Callable[..., Any]
Decorator = Callable[[Function], Function]
Completion = Callable[[click.Context, click.Parameter, str], list[str]]


def setting(name: str, *others: str, **attributes: Any) -> Decorator:
    """Return an option that says where, as whom or with what, also by an environment variable.

    The variable has the option's name: `--web-port` is `CENTLI_WEB_PORT`. What one call does is no
    setting: no variable confirms a transfer or redrives a letter.
    """
    variable = f"CENTLI_{name.removeprefix('--').replace('-', '_').upper()}"
    return click.option(name, *others, envvar=variable, show_envvar=True, **attributes)


def examples(*lines: str) -> str:
    """Return the end of a command's help: lines to copy."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def _of(values: Callable[[], Iterable[str]]) -> Completion:
    """Return a completion whose values are looked up when the Tab key asks for them."""

    def complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
        return [value for value in values() if value.startswith(begun)]

    return complete


@_of
def complete_operation() -> Iterable[str]:
    """Propose the operations that the schemas describe."""
    from console.agent.operations import read_operations

    return read_operations()


@_of
def complete_event_type() -> Iterable[str]:
    """Propose the events that an operation handles."""
    from action_groups import all_groups

    return [o.event_type for group in all_groups() for o in group if o.event_type]


@_of
def complete_customer() -> Iterable[str]:
    """Propose the seeded customers."""
    from console.seeds import seeded_customers

    return seeded_customers()


def choose_user(help_text: str, *, or_nobody: bool = False) -> Decorator:
    """Return the option that says as whom; the command takes `user`."""
    return setting(
        "--user",
        type=CustomerId(or_nobody=or_nobody),
        default="user-maria",
        show_default=True,
        shell_complete=complete_customer,
        help=help_text,
    )


def choose_stack(command: Function) -> Function:
    """Add the options that name a stack; the command takes `where`."""

    @setting("--aws", is_flag=True, help="The stack in the AWS account in use.")
    @setting("--port", type=PORT, help=f"Of the local stack; {DEFAULT_PORT} unless said.")
    @setting("--stack", default=DEFAULT_STACK, show_default=True, help="Name of the stack.")
    @functools.wraps(command)
    def with_where(*, aws: bool, port: int | None, stack: str, **others: Any) -> Any:
        return command(where=_where(aws=aws, port=port, stack=stack), **others)

    return with_where


def _where(*, aws: bool, port: int | None, stack: str) -> Where:
    """Return the place; what the command line says counts before what the environment says."""
    if aws and port is not None:
        source = click.get_current_context().get_parameter_source
        if source("aws") == source("port"):
            raise click.UsageError("--aws and --port exclude each other.")
        aws = source("aws") is click.core.ParameterSource.COMMANDLINE
    return Where(aws=aws, port=None if aws else port, stack=stack)


def choose_brain(command: Function) -> Function:
    """Add the options of a chat; the command takes `settings`, for the customers it then names."""

    @choose_stack
    @setting(
        "--brain",
        default="offline",
        show_default=True,
        help="Who understands: offline (no model), bedrock:MODEL_ID, or openai:MODEL for any "
        "OpenAI-compatible server.",
    )
    @setting(
        "--model-url",
        metavar="URL",
        help="Of the OpenAI-compatible server (Ollama on this machine unless said); its key, if "
        "it wants one, is read from CENTLI_MODEL_KEY.",
    )
    @setting(
        "--model-timeout",
        type=SECONDS,
        default=Patience.first,
        show_default=True,
        help="Seconds to wait for the first token of a model's answer.",
    )
    @setting(
        "--model-token-timeout",
        type=SECONDS,
        default=Patience.between,
        show_default=True,
        help="Seconds to wait for each token after it.",
    )
    @setting(
        "--agent",
        metavar="AGENT_ID[:ALIAS_ID]",
        help="With --aws: talk to this deployed Bedrock agent instead (alias: TSTALIASID).",
    )
    @functools.wraps(command)
    def with_settings(
        *,
        where: Where,
        brain: str,
        model_url: str | None,
        model_timeout: float,
        model_token_timeout: float,
        agent: str | None,
        **others: Any,
    ) -> Any:
        if agent is not None and not where.aws:
            raise click.UsageError("A deployed agent runs in AWS: give --aws too.")

        def settings(users: Sequence[str]) -> "ChatSettings":
            from console.chat.session import ChatSettings

            patience = Patience(model_timeout, model_token_timeout)
            return ChatSettings(where, brain, model_url, patience, agent, tuple(users))

        return command(settings=settings, **others)

    return with_settings


def _by_name(
    _context: click.Context, _parameter: click.Parameter, pairs: Sequence[str]
) -> dict[str, str]:
    """Return the values by name. Raises BadParameter; of two values for a name none counts."""
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"Write arguments as name=value; `{pair}` is not so written.")
        if name in values:
            raise click.BadParameter(f"`{name}` is given twice: give it once.")
        values[name] = value
    return values


take_arguments = click.argument("arguments", nargs=-1, callback=_by_name, metavar="[NAME=VALUE]...")
"""The arguments of an operation."""
