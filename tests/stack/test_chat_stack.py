"""The stack of a chat: found, started, started again when it dies; and what is seen of it."""

import os
import signal
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlparse

import pytest

from console.agent.events import BusEvent, Changed, WatchEvent
from console.agent.exchange import NoAnswer
from console.agent.invocation import invocation, status_and_body
from console.agent.operations import find_operation
from console.chat.stack import ChatStack
from console.chat.watch import Subscription, Watch, changes
from console.errors import ConsoleError
from console.local_stack import LocalStack
from console.ports import free_port
from console.where import Where

LISTENING_SECONDS = 10
EVENT_SECONDS = 10


def call(operation_id: str, **arguments: str) -> dict[str, Any]:
    return invocation(
        find_operation(operation_id),
        arguments,
        session_id="session-1",
        session_attributes={"user_id": "user-maria"},
    )


def transfer(amount: str) -> dict[str, Any]:
    return call(
        "createTransfer",
        from_account="acc-maria-checking",
        to_account="acc-juan-checking",
        amount=amount,
    )


def made(stack: ChatStack, event: dict[str, Any]) -> dict[str, Any]:
    """Send a change with the proof of a yes to its terms, and return the answer."""
    _, body = status_and_body(stack.send(event))
    event["sessionAttributes"]["confirmation"] = stack.mint(body["confirmation"]["challenge"])
    return stack.send(event)


@pytest.fixture(scope="module")
def chat_stack() -> Iterator[ChatStack]:
    with ChatStack(Where(port=free_port()), lambda text: None) as stack:
        yield stack


def heard(subscription: Subscription, wanted: int) -> list[WatchEvent]:
    """Return so many events, or those that came in time."""
    events = []
    while len(events) < wanted:
        event = subscription.get(EVENT_SECONDS)
        if event is None:
            break
        events.append(event)
    return events


def ends_with(events: list[WatchEvent], event_type: str, purchase_id: str) -> bool:
    """Tell whether the last event of a purchase came, and the change of its state."""
    types = [e.envelope["event_type"] for e in events if isinstance(e, BusEvent)]
    changed = [(e.key, e.after) for e in events if isinstance(e, Changed)]
    return event_type in types and (purchase_id, "completed") in changed


def test_a_stack_is_started_where_none_runs_and_found_where_one_does(
    chat_stack: ChatStack,
) -> None:
    port = urlparse(str(chat_stack.deployment.cloud.endpoint)).port
    told: list[str] = []
    with ChatStack(Where(port=port), told.append) as other:
        status, _ = status_and_body(other.send(call("getBalance")))
        assert status == 200
    assert told == []

    status, _ = status_and_body(chat_stack.send(call("getBalance")))
    assert status == 200, "the one that did not start it must not stop it"


def test_the_watch_sees_the_event_of_a_transfer_and_both_balances(chat_stack: ChatStack) -> None:
    with Watch(chat_stack) as watch, watch.subscribe() as subscription:
        assert watch.wait_until_listening(LISTENING_SECONDS)
        before = watch.state("user-maria").accounts[0]["balance"]
        made(chat_stack, transfer("12.34"))

        event, *changed = heard(subscription, 3)
        assert watch.state("user-maria").accounts[0]["balance"] == before - Decimal("12.34")

    assert isinstance(event, BusEvent)
    assert event.envelope["event_type"] == "TRANSFER_COMPLETED"
    moved = {c.key: c.after - c.before for c in changed if isinstance(c, Changed)}
    assert moved == {
        "acc-maria-checking": Decimal("-12.34"),
        "acc-juan-checking": Decimal("12.34"),
    }


def test_the_watch_sees_stock_and_the_purchase_change(chat_stack: ChatStack) -> None:
    with Watch(chat_stack) as watch, watch.subscribe() as subscription:
        assert watch.wait_until_listening(LISTENING_SECONDS)
        answer = made(
            chat_stack,
            call(
                "createPurchase",
                product_id="prod-televisor-32",
                account_id="acc-maria-checking",
                unit_price="3799",
            ),
        )
        purchase_id = status_and_body(answer)[1]["purchase_id"]
        events: list[WatchEvent] = []
        while not ends_with(events, "PURCHASE_CONFIRMED", purchase_id):
            events.extend(heard(subscription, 1) or pytest.fail(f"nothing more after {events}"))

    changed = [event for event in events if isinstance(event, Changed)]
    assert ("stock", -1) in {(c.what, c.after - c.before) for c in changed if c.what == "stock"}
    assert {c.user_id for c in changed if c.what == "purchase"} == {"user-maria"}
    assert [e.envelope["event_type"] for e in events if isinstance(e, BusEvent)] == [
        *("PAYMENT_REQUEST", "PAYMENT_COMPLETED", "PURCHASE_CONFIRMED"),
    ]


def test_the_watch_leaves_no_rule_and_no_queue_behind(chat_stack: ChatStack) -> None:
    cloud, bus_name = chat_stack.deployment.cloud, chat_stack.deployment.bus_name

    def left() -> tuple[int, int]:
        rules = cloud.client("events").list_rules(EventBusName=bus_name, NamePrefix="centli-tap")
        queues = cloud.client("sqs").list_queues(QueueNamePrefix="centli-tap")
        return len(rules["Rules"]), len(queues.get("QueueUrls", []))

    with Watch(chat_stack) as watch, watch.subscribe():
        assert watch.wait_until_listening(LISTENING_SECONDS)
        assert left() == (1, 1)
    assert left() == (0, 0)


def test_a_local_stack_that_dies_is_started_again_and_the_person_is_told() -> None:
    told: list[str] = []
    with ChatStack(Where(port=free_port()), told.append) as stack:
        made(stack, transfer("100"))
        process = stack._own._process  # type: ignore[union-attr]
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

        with pytest.raises(NoAnswer) as raised:
            stack.send(transfer("1"))
        _, body = status_and_body(stack.send(call("getBalance", account_id="acc-maria-checking")))

    assert raised.value.notice is not None
    assert "La pila local se detuvo" in raised.value.notice["es"]
    assert told[0].startswith("starting a local AWS")
    assert told[len(told) // 2 :] == told[: len(told) // 2]
    assert body["accounts"][0]["balance"] == Decimal("15250.75")


def test_a_stack_of_another_name_on_a_chosen_port_is_not_replaced() -> None:
    with LocalStack(free_port()) as empty:
        with pytest.raises(ConsoleError, match="There is no stack"):
            ChatStack(Where(port=empty.port), lambda text: None).__enter__()
        assert empty.is_running


def test_only_what_is_new_or_other_is_a_change() -> None:
    before = {("balance", "a"): ("u", Decimal(1)), ("balance", "b"): ("u", Decimal(2))}
    after = before | {("balance", "b"): ("u", Decimal(3)), ("purchase", "p"): ("u", "pending")}

    assert list(changes(before, after)) == [  # type: ignore[arg-type]
        Changed("balance", "u", "b", Decimal(2), Decimal(3)),
        Changed("purchase", "u", "p", None, "pending"),
    ]


def test_a_listener_who_does_not_keep_up_loses_the_oldest_events() -> None:
    slow = Subscription()
    for number in range(1_005):
        slow.put(BusEvent({"number": number}))

    first = slow.get(0)

    assert first == BusEvent({"number": 5})
