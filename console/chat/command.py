"""`centli chat` and `centli console`: their arguments, and what they open."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from console.chat.session import MODEL_KEY, OFFLINE, ChatService, ChatSettings, chat_service
from console.chat.stack import Where
from console.deployment import DEFAULT_STACK
from console.local_stack import DEFAULT_PORT, port
from console.stopping import stop_on_terminate

DEFAULT_USER = "user-maria"
_WEB_PORT = 8765


def register(commands: Any) -> None:
    """Add the commands to those of `centli`."""
    chat = commands.add_parser(
        "chat",
        help="talk to the action groups in the terminal",
        description="Talk to the action groups. Exit codes with -m: 0 done; 1 refused by the bank "
        "or not readable; 2 wrong usage; 3 what was asked last waits for a confirmation and was "
        "not done; 4 not understood, or something is missing; 5 the bank or the model did not "
        "answer.",
    )
    _settings_arguments(chat)
    chat.add_argument("--user", default=DEFAULT_USER, help="the customer (default: %(default)s)")
    chat.add_argument("--trace", action="store_true", help="show every call, answer and bus event")
    chat.add_argument(
        "-m",
        "--message",
        action="append",
        metavar="TEXT",
        help="say this and end; may repeat: the messages of one conversation",
    )
    chat.add_argument("--yes", action="store_true", help="with -m: confirm what is asked")
    chat.add_argument("--json", action="store_true", help="one JSON object a line")
    chat.set_defaults(func=_chat)

    web = commands.add_parser("console", help="the test chat as a web page on this machine")
    _settings_arguments(web)
    web.add_argument("--user", action="append", default=[], help="a customer besides the seeded")
    web.add_argument(
        "--web-port", type=int, default=_WEB_PORT, help="of the page (default: %(default)s)"
    )
    web.add_argument("--no-browser", action="store_true", help="only print the address")
    web.set_defaults(func=_console)


def _settings_arguments(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--aws", action="store_true", help="the stack in the AWS account in use")
    where.add_argument(
        "--port",
        type=port,
        help=f"of the local stack (default: {DEFAULT_PORT}); one is started when none runs there",
    )
    parser.add_argument("--stack", default=DEFAULT_STACK, help="name of the stack")
    parser.add_argument(
        "--brain",
        default=OFFLINE,
        metavar="BRAIN",
        help="who understands: offline (no model), bedrock:MODEL_ID, or openai:MODEL for any "
        "OpenAI-compatible server (default: %(default)s)",
    )
    parser.add_argument(
        "--model-url",
        metavar="URL",
        help="of the OpenAI-compatible server (default: Ollama on this machine); its key, if it "
        f"wants one, is read from {MODEL_KEY}",
    )
    parser.add_argument(
        "--agent",
        metavar="AGENT_ID[:ALIAS_ID]",
        help="with --aws: talk to this deployed Bedrock agent instead (alias: TSTALIASID)",
    )


def _settings(args: argparse.Namespace, users: Sequence[str]) -> ChatSettings:
    return ChatSettings(
        where=Where(aws=args.aws, port=args.port, stack=args.stack),
        brain=args.brain,
        model_url=args.model_url,
        agent=args.agent,
        users=tuple(users),
    )


def _chat(args: argparse.Namespace) -> int:
    from console.chat import terminal  # noqa: PLC0415 other commands need no terminal

    def run(service: ChatService) -> int:
        return terminal.run(
            service,
            args.user,
            terminal.Manner(
                messages=args.message, yes=args.yes, trace=args.trace, as_json=args.json
            ),
        )

    return _with_service(_settings(args, [args.user]), run)


def _console(args: argparse.Namespace) -> int:
    from console.web.server import serve  # noqa: PLC0415 other commands need no web server

    return _with_service(
        _settings(args, args.user),
        lambda service: serve(service, port=args.web_port, open_browser=not args.no_browser),
    )


def _with_service(settings: ChatSettings, run: Callable[[ChatService], int]) -> int:
    def tell(text: str) -> None:
        print(f"centli: {text}", file=sys.stderr, flush=True)

    with stop_on_terminate(), chat_service(settings, tell) as service:
        return run(service)
