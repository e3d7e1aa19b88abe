"""What may be asked for: transfers, purchases and beneficiaries, drawn from the seed."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from tests.simulation.bank import ACCOUNTS, CUSTOMERS, OWNERS, PRODUCTS

_KINDS = {"product": "PURCHASE", "limit": "TRANSFER"}
NEVER = datetime.max.replace(tzinfo=UTC)

OPERATIONS = {"TRANSFER": "createTransfer", "PURCHASE": "createPurchase", "ADD": "addBeneficiary"}
EVENTS = {
    "TRANSFER": "TRANSFER_REQUEST",
    "PURCHASE": "PURCHASE_REQUEST",
    "ADD": "ADD_BENEFICIARY_REQUEST",
}


class Answer(NamedTuple):
    """What an agent was answered to a call with a proof, under the request id of the proof."""

    request_id: str
    status: int
    body: dict[str, Any]


@dataclass
class Order:
    """A change that a customer asks for, and every answer that came back to an agent.

    At the agent's door it may become several requests: each asking without an id is one. `yeses`
    are those that the customer confirmed, `uses` how often the proof of each was sent.
    """

    number: int
    kind: str
    user_id: str
    arguments: dict[str, Any]
    door: str
    request_id: str | None
    answers: list[Answer] = field(default_factory=list)
    yeses: set[str] = field(default_factory=set)
    uses: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    sent_at: datetime = NEVER
    """When it was sent last: age counts from there."""

    @property
    def operation_id(self) -> str:
        """The operation that carries it out."""
        return OPERATIONS[self.kind]

    @property
    def event_type(self) -> str:
        """The event that asks for it."""
        return EVENTS[self.kind]

    def __str__(self) -> str:
        asked = " ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"order {self.number} ({self.door}, {self.user_id}): {self.kind} {asked}"


def draw_order(random: Random, number: int, place: str, prices: dict[str, Decimal]) -> Order:
    """Draw an order; `place` says where it is hot: an account, a limit, a product, or nowhere."""
    kind = random.choices(("TRANSFER", "PURCHASE", "ADD"), (6, 4, 2))[0]
    if place in _KINDS:
        kind = _KINDS[place]
    user_id = random.choice(CUSTOMERS)
    if place in {"account", "limit"}:
        user_id = "user-ana"
    own = [name for name, owner in OWNERS.items() if owner == user_id]
    account_id = random.choice(own)
    if place == "account":
        account_id = "acc-ana"
    if random.random() < 0.04:
        account_id = random.choice([name for name in ACCOUNTS if name not in own])
    if kind == "TRANSFER":
        arguments = {
            "from_account": account_id,
            "to_account": random.choice([name for name in ACCOUNTS if name != account_id]),
            "amount": random.choice(("10", "25.50", "60", "100", "0.01")),
            **(_towards_a_limit(random) if place == "limit" else {}),
            "description": f"order {number}",
        }
    elif kind == "PURCHASE":
        arguments = _purchase(random, account_id, hot=place != "nowhere", prices=prices)
    else:
        arguments = {
            "name": "Persona Nueva",
            "alias": f"alias {random.randint(1, 2)}",
            "account_id": random.choice(list(ACCOUNTS)),
        }
    door = random.choice(("agent", "bus"))
    has_id = door == "bus" or random.random() < 0.5
    return Order(
        number=number,
        kind=kind,
        user_id=user_id,
        arguments=arguments,
        door=door,
        request_id=f"request-{number}" if has_id else None,
    )


def _towards_a_limit(random: Random) -> dict[str, Any]:
    """Return whom to pay how much, so that few transfers from several accounts pass a limit."""
    return {
        "to_account": random.choice(("acc-beto", "acc-caro", "acc-azteca")),
        "amount": random.choice(("10", "25.50", "35")),
    }


def _purchase(
    random: Random, account_id: str, *, hot: bool, prices: dict[str, Decimal]
) -> dict[str, Any]:
    product_id = "p-hot" if hot else random.choice(list(PRODUCTS))
    arguments = {
        "product_id": product_id,
        "retailer_id": PRODUCTS[product_id]["retailer_id"],
        "quantity": str(random.choice((1, 1, 2))),
        "account_id": account_id,
        "unit_price": str(prices[product_id]),
    }
    if random.random() < 0.3:
        arguments["benefit"] = "cashback"
    return arguments


def with_other_content(order: Order, number: int) -> Order:
    """Return an order that reuses the request id of another for something else."""
    changed = dict(order.arguments)
    if order.kind == "TRANSFER":
        changed["amount"] = "11.12" if changed["amount"] == "11.11" else "11.11"
        changed["description"] = f"order {number}"
    elif order.kind == "PURCHASE":
        changed["quantity"] = "4" if changed["quantity"] == "3" else "3"
    else:
        changed["name"] = "Persona Otra" + (" Más" if changed["name"] == "Persona Otra" else "")
    return replace(
        order, number=number, arguments=changed, answers=[], sent=0, yeses=set(), uses=Counter()
    )


def typed(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments as an event carries them, where an agent sends text."""
    numbers = {"amount": float, "unit_price": float, "quantity": int}
    return {name: numbers.get(name, str)(value) for name, value in arguments.items()}
