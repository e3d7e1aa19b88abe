"""Watching a stack: the events of its bus as they come, and what they changed in the tables."""

import logging
import queue
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, Final, Literal, Self

from botocore.exceptions import BotoCoreError, ClientError

from console import bus
from console.agent.events import BusEvent, Changed, WatchEvent
from console.chat.stack import ChatStack
from console.deployment import Deployment
from console.errors import ConsoleError
from shared.accounts import Account
from shared.dynamodb import Item, deserialize, serialize
from shared.observability import UNREADABLE

_logger = logging.getLogger(__name__)

_EVERYTHING: Final = {"detail": {"version": ["1.0"]}}
_LISTEN_SECONDS: Final = 1.0
_AFTER_FAILURE_SECONDS: Final = 1.0
_KEPT_EVENTS: Final = 1_000
_STOP_SECONDS: Final = 5
_SHOWN: Final = ("account_id", "account_type", "balance", "available", "currency", "status")
"""What is shown of an account."""

_Kind = Literal["balance", "stock", "purchase"]
_Figures = dict[tuple[_Kind, str], tuple[str | None, Any]]
"""What is shown of the tables: by kind and key, whose it is and the figure."""


@dataclass(frozen=True)
class State:
    """A customer's accounts, as the table has them."""

    accounts: list[Item]


class Subscription:
    """The events since it was made; a listener who does not keep up loses the oldest."""

    def __init__(self) -> None:
        self._events: deque[WatchEvent] = deque(maxlen=_KEPT_EVENTS)
        self._arrived: queue.SimpleQueue[None] = queue.SimpleQueue()

    def put(self, event: WatchEvent) -> None:
        """Hand an event over."""
        self._events.append(event)
        self._arrived.put(None)

    def get(self, timeout: float) -> WatchEvent | None:
        """Return the next event, or None when none comes within so many seconds."""
        deadline = time.monotonic() + timeout
        while not self._events:
            try:
                self._arrived.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return None
        return self._events.popleft()


class Watch:
    """Watches a stack in a thread of its own from the first subscription on; a context manager.

    It listens through a rule and a queue of its own, which are removed at the end. In AWS it sees
    only the tables' items of the customers in `state`, and the rule takes some seconds until it
    hears anything.
    """

    def __init__(self, stack: ChatStack) -> None:
        self._stack = stack
        self._subscriptions: set[Subscription] = set()
        self._customers: set[str] = set()
        self._lock = Lock()
        self._stopping = Event()
        self._listening = Event()
        self._thread = Thread(target=self._run, name="centli-watch", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(_STOP_SECONDS)

    def wait_until_listening(self, seconds: float) -> bool:
        """Wait until events are heard; tell whether they are."""
        return self._listening.wait(seconds)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Hear what happens while the context lasts."""
        subscription = Subscription()
        with self._lock:
            if not self._subscriptions and self._thread.ident is None:
                self._thread.start()
            self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            with self._lock:
                self._subscriptions.discard(subscription)

    def state(self, user_id: str) -> State:
        """Read a customer's accounts. Raises ConsoleError when it cannot."""
        self._customers.add(user_id)
        tables = Tables(self._stack.deployment)
        try:
            return State([*_accounts(tables.of_customer("Accounts", user_id))])
        except (BotoCoreError, ClientError) as error:
            raise ConsoleError(f"The tables could not be read ({type(error).__name__}).") from error

    def _run(self) -> None:
        """Listen until stopped; after a failure, to whatever stack there is then."""
        while not self._stopping.is_set():
            try:
                self._listen(self._stack.deployment)
            except (BotoCoreError, ClientError, ConsoleError):
                self._stopping.wait(_AFTER_FAILURE_SECONDS)
            except Exception:
                _logger.exception("the watch failed and goes on")
                self._stopping.wait(_AFTER_FAILURE_SECONDS)
            finally:
                self._listening.clear()

    def _listen(self, deployment: Deployment) -> None:
        tables = Tables(deployment)
        with bus.tap(deployment, _EVERYTHING, wait=self._stopping.wait) as tap:
            figures = tables.figures(self._customers)
            self._listening.set()
            while not self._stopping.is_set() and deployment is self._stack.deployment:
                for envelope in tap.events(_LISTEN_SECONDS):
                    self._tell(BusEvent(envelope))
                    now = tables.figures(self._customers)
                    for change in changes(figures, now):
                        self._tell(change)
                    figures = now

    def _tell(self, event: WatchEvent) -> None:
        with self._lock:
            for subscription in self._subscriptions:
                subscription.put(event)


def changes(before: Mapping[Any, Any], after: _Figures) -> Iterator[Changed]:
    """Yield what is new or other than before."""
    for (kind, key), (user_id, figure) in after.items():
        _, previous = before.get((kind, key), (None, None))
        if figure != previous:
            yield Changed(kind, user_id, key, previous, figure)


class Tables:
    """Reads what a chat shows of the tables of a deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._client = deployment.cloud.client("dynamodb")

    def figures(self, customers: set[str]) -> _Figures:
        """Read balances, stock and purchases: of everybody locally, of the customers in AWS."""
        figures: _Figures = {}
        for item in self._read("Accounts", customers):
            figures["balance", item["account_id"]] = (item["user_id"], item.get("balance"))
        for item in self._read("Purchases", customers):
            figures["purchase", item["purchase_id"]] = (item["user_id"], item.get("status"))
        if self._deployment.cloud.is_local:
            for item in self._scan("Products"):
                key = f"{item['product_id']} {item['retailer_id']}"
                figures["stock", key] = (None, item.get("stock"))
        return figures

    def of_customer(self, what: str, user_id: str) -> list[Item]:
        """Read a customer's items of a table, last sort key first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name(what),
            KeyConditionExpression="user_id = :user",
            ExpressionAttributeValues=serialize({":user": user_id}),
            ScanIndexForward=what == "Accounts",
        )
        return [deserialize(item) for page in pages for item in page["Items"]]

    def _read(self, what: str, customers: set[str]) -> list[Item]:
        if self._deployment.cloud.is_local:
            return self._scan(what)
        return [item for user_id in sorted(customers) for item in self.of_customer(what, user_id)]

    def _scan(self, what: str) -> list[Item]:
        pages = self._client.get_paginator("scan").paginate(TableName=self._name(what))
        return [deserialize(item) for page in pages for item in page["Items"]]

    def _name(self, what: str) -> str:
        return self._deployment.outputs[f"{what}TableName"]


def _accounts(items: Iterable[Item]) -> Iterator[Item]:
    """Yield what is shown of accounts, with what can be spent; what cannot be read is left out."""
    for item in items:
        with suppress(*UNREADABLE):
            account = Account.from_item(item)
            yield {name: getattr(account, name) for name in _SHOWN}
