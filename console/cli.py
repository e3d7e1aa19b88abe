"""The `centli` command."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from action_groups import all_groups
from console import bus, credentials, dead_letters, demo, openapi
from console.agent import invocation, operations
from console.chat import command as chat_command
from console.cloud import Cloud
from console.deployment import DEFAULT_STACK, Deployment, deploy_locally, find
from console.errors import ConsoleError
from console.local_stack import DEFAULT_PORT, LocalStack, free_port, port, running
from console.seeds import seed_all
from console.stopping import stop_on_terminate
from shared import json_text
from shared.clock import system_clock
from shared.operations import Operation

_REPLY_SECONDS = 20
_QUIET_SECONDS = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    args = _parser().parse_args(arguments)
    try:
        code: int = args.func(args)
    except ConsoleError as error:
        print(f"centli: {error}", file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(f"centli: AWS did not answer as expected: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="centli", description="CENTLI action groups")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="start the local stack, deploy and seed it, and stay")
    up.add_argument("--port", type=port, default=DEFAULT_PORT, help="default: %(default)s")
    up.set_defaults(func=_up)

    demonstration = commands.add_parser("demo", help="start a local stack, show the flows, stop")
    demonstration.set_defaults(func=_demo)

    seed = commands.add_parser("seed", help="add the example customers that are missing")
    _choose_cloud(seed)
    seed.set_defaults(func=_seed)

    invoke = commands.add_parser("invoke", help="call an operation as a Bedrock agent does")
    invoke.add_argument("operation", metavar="OPERATION", help="such as getBalance")
    invoke.add_argument("arguments", nargs="*", metavar="k=v")
    invoke.add_argument("--user", default=chat_command.DEFAULT_USER, help="the caller; '' for none")
    invoke.add_argument("--session", help="session id; a new one when left out")
    invoke.add_argument("--request-id", help="the application's own id of the request")
    _choose_cloud(invoke)
    invoke.set_defaults(func=_invoke)

    send = commands.add_parser("send", help="publish an event and print those that follow")
    send.add_argument("event_type", metavar="EVENT_TYPE", help="such as TRANSFER_REQUEST")
    send.add_argument("arguments", nargs="*", metavar="k=v")
    send.add_argument("--user", default=chat_command.DEFAULT_USER, help="the caller; '' for none")
    send.add_argument("--correlation-id", help="a new one when left out")
    send.add_argument("--times", type=int, default=1, help="deliver it so many times")
    _choose_cloud(send)
    send.set_defaults(func=_send)

    letters = commands.add_parser(
        "dead-letters", help="show what could not be handled, or hand it over once more"
    )
    letters.add_argument("action", nargs="?", choices=["list", "redrive"], default="list")
    which = letters.add_mutually_exclusive_group()
    which.add_argument("--id", action="append", metavar="ID", help="redrive this one; may repeat")
    which.add_argument("--all", action="store_true", help="redrive every one")
    _choose_cloud(letters)
    letters.set_defaults(func=_dead_letters)

    openapi.register(commands)
    chat_command.register(commands)
    return parser


def _choose_cloud(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--aws", action="store_true", help="the stack in the AWS account in use")
    where.add_argument("--port", type=port, default=DEFAULT_PORT, help="of the local stack")
    parser.add_argument("--stack", default=DEFAULT_STACK, help="name of the stack")


def _cloud(args: argparse.Namespace) -> Cloud:
    if args.aws:
        return Cloud()
    cloud = running(args.port)
    if cloud is None:
        raise ConsoleError(f"You have no local stack on port {args.port}: start it with centli up.")
    return cloud


def _deployment(args: argparse.Namespace) -> Deployment:
    try:
        return find(_cloud(args), args.stack)
    except BotoCoreError as error:
        where = "AWS" if args.aws else f"a local stack on port {args.port}: start it with centli up"
        raise ConsoleError(f"Could not reach {where} ({error}).") from None


def _up(args: argparse.Namespace) -> int:
    with stop_on_terminate(), LocalStack(args.port) as stack:
        deployment = _deploy_and_seed(stack)
        chosen = "" if args.port == DEFAULT_PORT else f" --port {args.port}"
        print(
            f"""
CENTLI is up at {stack.endpoint} (bus {deployment.bus_name}). In another terminal:

  centli invoke getBalance{chosen}
  centli invoke resolveAlias alias="mi hermano"{chosen}
  centli invoke createTransfer from_account=acc-maria-checking to_account=acc-juan-checking \\
      amount=100{chosen}
  centli send TRANSFER_REQUEST from_account=acc-maria-checking to_account=acc-juan-checking \\
      amount=50{chosen}

Any AWS client works too, with the credentials of this start, which only you can read:

  export AWS_SHARED_CREDENTIALS_FILE={credentials.file_of(stack.port)}
  aws --profile {credentials.PROFILE} --endpoint-url {stack.endpoint} dynamodb list-tables

Ctrl-C stops it and leaves nothing behind.""",
            flush=True,
        )
        while True:
            time.sleep(1)
            if not stack.is_running:
                raise ConsoleError("The local AWS stopped by itself.")


def _demo(_args: argparse.Namespace) -> int:
    with stop_on_terminate(), LocalStack(free_port()) as stack:
        return demo.run(_deploy_and_seed(stack))


def _deploy_and_seed(stack: LocalStack) -> Deployment:
    started = time.monotonic()
    print(f"local AWS on {stack.endpoint}, IAM enforced; deploying template.yaml ...", flush=True)
    deployment = deploy_locally(stack.cloud())
    added = seed_all(deployment)
    print(f"deployed and seeded {added} items in {time.monotonic() - started:.1f} s", flush=True)
    return deployment


def _seed(args: argparse.Namespace) -> int:
    print(f"{seed_all(_deployment(args))} items added; what was there is unchanged")
    return 0


def _invoke(args: argparse.Namespace) -> int:
    attributes = {"user_id": args.user} if args.user else {}
    if args.request_id is not None:
        attributes["request_id"] = args.request_id
    event = invocation.invocation(
        operations.find_operation(args.operation),
        _pairs(args.arguments),
        session_id=args.session or str(uuid4()),
        session_attributes=attributes,
    )
    _show("request", event)
    answer = invocation.invoke(_deployment(args), event)
    _show("response", answer)
    status, body = invocation.status_and_body(answer)
    _show("body", body)
    return 0 if status < 400 else 1  # noqa: PLR2004 HTTP


def _send(args: argparse.Namespace) -> int:
    operation = _triggered_by(args.event_type)
    deployment = _deployment(args)
    envelope = bus.request_event(
        args.event_type,
        _typed(_pairs(args.arguments), operation),
        user_id=args.user,
        correlation_id=args.correlation_id or str(uuid4()),
        moment=system_clock(),
    )
    pattern = {"detail": {"correlation_id": [envelope["correlation_id"]]}}
    with bus.tap(deployment, pattern) as tap:
        for _ in range(args.times):
            bus.publish(deployment, envelope)
        wanted = args.times if operation.replies else 0
        replies = _print_until_replied(tap, operation, wanted)
    if replies < wanted:
        print(f"centli: {replies} of {wanted} replies came in time", file=sys.stderr)
        return 1
    return 0


def _dead_letters(args: argparse.Namespace) -> int:
    chosen = bool(args.all or args.id)
    if chosen != (args.action == "redrive"):
        raise ConsoleError("Name what to redrive with --id or --all; a list takes neither.")
    if args.action == "list":
        return dead_letters.show(_deployment(args))
    return dead_letters.redrive(_deployment(args), args.id)


def _print_until_replied(tap: bus.Tap, operation: Operation, wanted: int) -> int:
    """Print the events that follow until as many replies came as requests went out."""
    replies = 0
    for envelope in tap.events(_REPLY_SECONDS if wanted else 0):
        _show(envelope["event_type"], envelope)
        replies += envelope["event_type"] in operation.replies
        if replies >= wanted:
            break
    for envelope in tap.events(_QUIET_SECONDS):
        _show(envelope["event_type"], envelope)
    return replies


def _triggered_by(event_type: str) -> Operation:
    for group in all_groups():
        operation = group.triggered_by(event_type)
        if operation is not None:
            return operation
    known = [o.event_type for group in all_groups() for o in group if o.event_type]
    raise ConsoleError(f"Nothing handles `{event_type}`. There are: {', '.join(known)}.")


def _pairs(arguments: Sequence[str]) -> dict[str, str]:
    pairs = [argument.partition("=") for argument in arguments]
    for name, equals, _ in pairs:
        if not equals or not name:
            raise ConsoleError(f"Write arguments as name=value; `{name}` is not so written.")
    return {name: value for name, _, value in pairs}


def _typed(pairs: dict[str, str], operation: Operation) -> dict[str, Any]:
    """Return the values as JSON has them: numbers where the request has numbers."""
    properties = operation.request_model.model_json_schema(mode="validation")["properties"]
    typed: dict[str, Any] = {}
    for name, value in pairs.items():
        kinds = json.dumps(properties.get(name, {}))
        is_number = '"number"' in kinds or '"integer"' in kinds
        typed[name] = _number(value) if is_number else value
    return typed


def _number(text: str) -> Any:
    """Return the number that the text is, or the text, for the operation to refuse."""
    try:
        return json_text.loads(text)
    except ValueError:
        return text


def _show(title: str, value: Any) -> None:
    print(f"--- {title}")
    print(json_text.dumps_readable(value), flush=True)
