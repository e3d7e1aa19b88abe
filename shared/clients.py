"""Clients of AWS, all of one session: a second one would read the models of the services again."""

import random
from collections.abc import Callable
from functools import cache, partial
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST
from botocore.hooks import EVENT_ALIASES, EventAliaser, HierarchicalEmitter

from shared.meanwhile import within
from shared.observability import logger
from shared.snapshots import after_restore, before_snapshot

_CONFIG: Final = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""Three tries of at most three seconds each stay within a function's ten."""

SERVICES: Final = frozenset({"dynamodb", "eventbridge", "kms", "lambda", "sqs", "sts"})
"""Those that the functions call, as botocore's handlers name them.

It has more than a hundred for special cases of other services, and to register and copy them is a
twentieth of a start: a session has those of these services and of all. It also has other names for
many services, and looks through all of them at the first event of each name: half of what a first
answer has to do more than a second one.
"""

REACHED_WITHIN_SECONDS: Final = 2.0


@cache
def client_of(service: str, config: Config = _CONFIG) -> Any:
    """Return the client of a service, made when it is asked for first.

    A connection does not outlive a snapshot, so none is in it.
    """
    client = _session().create_client(service, config=config)
    before_snapshot(client.close)
    return client


def reach(read: Callable[..., object], **arguments: str) -> None:
    """Make a first call of a client at the start of a function, rather than while somebody waits.

    It reads the certificates, connects, and makes what the client makes once: thirty milliseconds.
    A service that does not answer within `REACHED_WITHIN_SECONDS` may answer the invocation: the
    start has ten seconds in all, and the tries of a client may take nine.
    """
    try:
        within(REACHED_WITHIN_SECONDS, partial(read, **arguments))
    except (ClientError, BotoCoreError, TimeoutError) as error:
        logger.warning("not reached at the start", extra={"error_type": type(error).__name__})


@cache
def _session() -> botocore.session.Session:
    # How long to wait between tries is drawn: instances of one snapshot would all wait alike.
    after_restore(random.seed)
    emitter = HierarchicalEmitter()
    session = botocore.session.Session(event_hooks=emitter, include_builtin_handlers=False)
    names = {other: name for other, name in EVENT_ALIASES.items() if name in SERVICES}
    events = EventAliaser(emitter, names)
    session.register_component("event_emitter", events)
    ways = {
        (): events.register,
        (REGISTER_FIRST,): events.register_first,
        (REGISTER_LAST,): events.register_last,
    }
    for event, handler, *when in BUILTIN_HANDLERS:
        _, *service = event.split(".")[:2]
        if SERVICES.issuperset(service):
            ways[tuple(when)](event, handler)
    return session
