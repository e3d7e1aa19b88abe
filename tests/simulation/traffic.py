"""Who asks when: half of the traffic within 150 ms at one place, and what else happens."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from botocore.exceptions import ClientError

from console.agent import invocation
from shared.clock import to_iso
from shared.dynamodb import serialize
from tests.simulation.bank import CUSTOMERS, OWNERS, PRODUCTS
from tests.simulation.channel import Channel, decoded, operations
from tests.simulation.cloud import Cloud
from tests.simulation.faults import Fault
from tests.simulation.orders import Order, draw_order, typed, with_other_content
from tests.support.tables import PREFIX

DAY_SECONDS = 24 * 3600.0
FORGED = "forged"
"""How the correlation ids of forged events begin, and what forged transfers are described as."""


@dataclass(frozen=True, slots=True)
class Look:
    """A query of a caller, and what it was answered."""

    user_id: str
    operation_id: str
    arguments: dict[str, str]
    status: int
    body: dict[str, Any]


class Traffic:
    """Asks, and keeps what was asked and answered."""

    def __init__(self, cloud: Cloud, random: Random, tell: Callable[[str], None]) -> None:
        self._cloud = cloud
        self._random = random
        self._tell = tell
        self._followed = 0
        self.channel = Channel(cloud, random, tell)
        self.prices = {name: Decimal(product["price"]) for name, product in PRODUCTS.items()}
        self.orders: list[Order] = []
        self.looks: list[Look] = []
        self.deposited = Decimal(0)
        self._deposits = 0

    def plan(self) -> None:
        """Put a whole history before the scheduler."""
        random, after = self._random, self._cloud.scheduler.after
        moment = 0.0
        for _ in range(random.randint(2, 4)):
            place = random.choice(("account", "product", "limit"))
            for _ in range(random.randint(2, 5)):
                after(moment + 0.15 * random.random(), partial(self._order, place))
            for _ in range(random.randint(2, 4)):
                after(moment + 100 * random.random(), partial(self._order, "nowhere"))
            for _ in range(2):
                after(moment + 20 * random.random(), self._look)
            after(moment + 10 * random.random(), self._happen)
            after(moment + 0.2 * random.random(), self._happen)
            for seconds in (80, 130, 200, 420):
                after(moment + seconds + 20 * random.random(), self._cloud.sweep)
            for seconds in (0.1, 0.2, 0.3, 0.5, 1, 5, 60):
                after(moment + seconds, self._follow_up)
            moment += random.choice((1.0, 30.0, 3600.0, DAY_SECONDS))

    # --- Orders -------------------------------------------------------------------------------

    def _order(self, place: str) -> None:
        random = self._random
        order = draw_order(random, len(self.orders), place, self.prices)
        self.orders.append(order)
        self._send(order)
        if random.random() < 0.25:
            again = random.choice((0.01, 0.05, 0.5, 20))
            self._cloud.scheduler.after(again, partial(self._send, order))
        if order.request_id and random.random() < 0.05:
            other = with_other_content(order, len(self.orders))
            self.orders.append(other)
            self._cloud.scheduler.after(random.choice((0.02, 1)), partial(self._send, other))

    def _send(self, order: Order) -> None:
        self._tell(f"{order}{' again' if order.sent else ''}")
        order.sent += 1
        order.sent_at = self._cloud.scheduler.now
        if order.door == "agent":
            self.channel.ask(order)
        else:
            self._cloud.ask_on_bus(
                order.event_type, order.request_id or "", order.user_id, typed(order.arguments)
            )

    # --- What else happens --------------------------------------------------------------------

    def _follow_up(self) -> None:
        """Look at what is on the bus: replay some of it after days, ask for some payments again."""
        random, scheduler = self._random, self._cloud.scheduler
        news = self._cloud.published[self._followed :]
        self._followed += len(news)
        for published in news:
            event = published.event
            if self._cloud.line.chance(0.03):
                days = random.choice((0.1, 1, 6))
                scheduler.after(days * DAY_SECONDS, partial(self._replay, event))
            is_payment = event["detail-type"] == "PAYMENT_REQUEST" and published.by == "event-relay"
            if is_payment and random.random() < 0.3:
                scheduler.after(
                    random.choice((0.0, 0.01, 0.1, 2)), partial(self._ask_again, event["detail"])
                )
            if is_payment and random.random() < 0.2:
                scheduler.after(
                    random.choice((0.0, 0.03, 1)), partial(self._forge, event["detail"])
                )

    def _ask_again(self, detail: dict[str, Any]) -> None:
        """Ask for a payment that was asked for, under another correlation id."""
        correlation_id = f"again-{self._random.getrandbits(32)}"
        data, user_id = detail["data"], detail["user_id"]
        self._tell(f"payment asked for again: {data['purchase_id']}")
        self._cloud.ask_on_bus("PAYMENT_REQUEST", correlation_id, user_id, data, "marketplace")

    def _forge(self, detail: dict[str, Any]) -> None:
        """Say something untrue about a payment, as one who may put any event could."""
        random = self._random
        data = dict(detail["data"])
        lie = random.choice(("account", "amount", "payee", "purchase", "paid", "not paid", "order"))
        event_type, source, said = "PAYMENT_REQUEST", "marketplace", None
        user_id = detail["user_id"]
        if lie == "account":
            data["account_id"] = random.choice([a for a in OWNERS if a != data["account_id"]])
        elif lie == "amount":
            data["amount"] = 0.01
        elif lie == "payee":
            data["retailer_id"] = random.choice([c for c in CUSTOMERS if c != user_id])
        elif lie == "purchase":
            data["purchase_id"] = "01a203c5-0000-7000-8000-000000000000"
        elif lie == "paid":
            event_type, source = "PAYMENT_COMPLETED", "core-banking"
            data["transaction_id"] = "01a203c5-0000-7000-8000-000000000001"
        elif lie == "not paid":
            event_type, source = "PAYMENT_FAILED", "core-banking"
            data["error"] = {"code": "INSUFFICIENT_FUNDS", "message": "A lie."}
        else:
            event_type, source, said = "TRANSFER_REQUEST", "agentcore", "crm"
            data = {"from_account": data["account_id"], "to_account": "acc-caro", "amount": 1}
            data["description"] = FORGED
        self._tell(f"a lie about {lie}: {detail['data']['purchase_id']}")
        correlation_id = f"{FORGED}-{random.getrandbits(32)}"
        self._cloud.ask_on_bus(event_type, correlation_id, user_id, data, source, said=said)

    def _replay(self, event: dict[str, Any]) -> None:
        self._cloud.line.happened(Fault.REPLAYED, event["detail-type"])
        self._cloud.deliver(event)

    def _look(self) -> None:
        """Ask for an account, a history or a purchase, which may be somebody else's."""
        random = self._random
        user_id = random.choice(CUSTOMERS)
        purchases = [
            body["purchase_id"]
            for o in self.orders
            for _, _, body in o.answers
            if "purchase_id" in body
        ]
        kind = random.choice(("getBalance", "listTransactions", "getPurchase", "listPurchases"))
        if kind == "getPurchase" and not purchases:
            kind = "listBeneficiaries"
        arguments: dict[str, str] = {}
        if kind == "getPurchase":
            arguments = {"purchase_id": random.choice(purchases)}
        elif kind in {"getBalance", "listTransactions"} and random.random() < 0.5:
            arguments = {"account_id": random.choice(list(OWNERS))}
        event = invocation.invocation(
            operations()[kind],
            arguments,
            session_id="session-of-looks",
            session_attributes={"user_id": user_id},
        )

        def done(answer: Any, failure: str | None) -> None:
            if failure is None:
                self.looks.append(Look(user_id, kind, arguments, *decoded(answer)))

        self._cloud.invoke(event["actionGroup"].replace("_", "-"), event, done)

    def _happen(self) -> None:
        """Let the bank or a retailer do something of their own."""
        random = self._random
        what = random.choice(
            (
                "price",
                "benefits",
                "deposit",
                "deposit",
                "block",
                "block",
                "leave",
                "holder",
                "limit",
                "limit",
            )
        )
        if what == "price":
            self.prices["p-hot"] = random.choice((Decimal(30), Decimal(20)))
            self._tell(f"the price of p-hot is {self.prices['p-hot']}")
            self._write(
                "products",
                {"product_id": "p-hot", "retailer_id": "shop-azteca"},
                "SET price = :new",
                new=self.prices["p-hot"],
            )
        elif what == "benefits":
            benefits = random.choice((["10% cashback", "3 MSI"], ["5% cashback"]))
            self._tell(f"the benefits of p-hot are {benefits}")
            key = {"product_id": "p-hot", "retailer_id": "shop-azteca"}
            self._write("products", key, "SET benefits = :new", new=benefits)
        elif what == "holder":
            name = random.choice(("Beto Luna", "Pedro Páramo"))
            self._tell(f"acc-beto is held by {name}")
            key = {"user_id": "user-beto", "account_id": "acc-beto"}
            self._write("accounts", key, "SET holder_name = :new", new=name)
        elif what == "limit":
            limit = random.choice((Decimal(0), Decimal(30), Decimal("60.01"), Decimal(500)))
            user_id = random.choice(("user-ana", "user-ana", "user-beto"))
            self._tell(f"the daily limit of {user_id} is {limit}")
            key = {"user_id": user_id, "subject": "transfers"}
            self._write("limits", key, "SET daily_limit = :new", new=limit)
        elif what == "deposit":
            self._deposit(random.choice(("acc-ana", "acc-beto")), Decimal(random.choice((1, 50))))
        elif what == "leave" and random.random() < 0.3:
            self._tell("p-cold leaves the catalogue")
            key = {"product_id": "p-cold", "retailer_id": "shop-maya"}
            table = f"{PREFIX}-products"
            delete = self._cloud.database.delete_item
            self._behind(lambda: delete(TableName=table, Key=serialize(key)))
        elif what == "block":
            self._block(True)
            self._cloud.scheduler.after(random.choice((0.05, 1, 60)), partial(self._block, False))

    def _block(self, is_blocked: bool) -> None:
        status = "blocked" if is_blocked else "active"
        self._tell(f"acc-beto is {status}")
        self._write(
            "accounts",
            {"user_id": "user-beto", "account_id": "acc-beto"},
            "SET #s = :s ADD version :one",
            names={"#s": "status"},
            s=status,
            one=1,
        )

    def _deposit(self, account_id: str, amount: Decimal) -> None:
        """Pay in at a counter: a balance and a record, by another system of the bank."""
        self._tell(f"a deposit of {amount} into {account_id}")
        self.deposited += amount
        self._deposits += 1
        key = {"user_id": OWNERS[account_id], "account_id": account_id}
        self._write(
            "accounts",
            key,
            "SET balance = balance + :amount ADD version :one",
            amount=amount,
            one=1,
        )
        moment = to_iso(self._cloud.scheduler.now)
        deposit_id = f"deposit-{self._deposits}"
        record = {
            **key,
            "timestamp_txn_id": f"{moment}#{deposit_id}",
            "transaction_id": deposit_id,
            "type": "deposit",
            "amount": amount,
            "currency": "MXN",
            "to_account": account_id,
            "status": "completed",
            "created_at": moment,
        }
        self._behind(
            lambda: self._cloud.database.put_item(
                TableName=f"{PREFIX}-transactions", Item=serialize(record)
            )
        )

    def _write(
        self,
        table: str,
        key: dict[str, str],
        expression: str,
        names: dict[str, str] | None = None,
        **values: Any,
    ) -> None:
        more = {"ExpressionAttributeNames": names} if names else {}
        self._behind(
            lambda: self._cloud.database.update_item(
                TableName=f"{PREFIX}-{table}",
                Key=serialize(key),
                UpdateExpression=expression,
                ExpressionAttributeValues=serialize({f":{n}": v for n, v in values.items()}),
                **more,
            )
        )

    def _behind(self, write: Callable[[], Any]) -> None:
        """Write as a system does that has no faults here."""
        database = self._cloud.database
        around, database.around = database.around, None
        try:
            write()
        except ClientError as error:
            self._tell(f"that failed: {error}")
        finally:
            database.around = around
