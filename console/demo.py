"""The main job, shown on a deployed stack with real events and balances.

Every statement is checked against what the stack answers; the first that does not hold ends the
demonstration with an error.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from console import bus, reconcile
from console.agent import invocation, operations
from console.confirming import mint
from console.deployment import Deployment
from console.errors import ConsoleError
from shared.clock import system_clock
from shared.confirmation import TERMS_WANTED
from shared.dynamodb import DynamoDB, Item

_MARIA = "user-maria"
_FROM, _TO = "acc-maria-checking", "acc-juan-checking"
_OWNER = {_FROM: _MARIA, _TO: "user-juan"}
_TELEVISION = "prod-televisor-32"
_EVENTS_SECONDS = 20
_MORE_THAN_SHE_HAS = "90000"
_DELIVERIES = 3


@dataclass
class _Stage:
    """What every scene uses: the stack, one agent session, and an ear on the bus."""

    deployment: Deployment
    tap: bus.Tap
    session_id: str
    _asked: dict[str, Any] = field(default_factory=dict)
    """The call that the bank asked about last, and now waits for a yes."""
    _challenge: str = ""

    def call(
        self, operation_id: str, *, user_id: str = _MARIA, **arguments: str
    ) -> tuple[int, Any]:
        """Call an operation as an agent and print the exchange."""
        operation = operations.find_operation(operation_id)
        attributes = {"user_id": user_id} if user_id else {}
        if operation.confirm:
            attributes["confirmation"] = TERMS_WANTED
        event = invocation.invocation(
            operation, arguments, session_id=self.session_id, session_attributes=attributes
        )
        written = " ".join(f"{name}={value!r}" for name, value in arguments.items())
        print(f"  agent  {operation_id} {written}")
        status, body = self._exchange(event)
        if "confirmation" in body:
            self._asked, self._challenge = event, body["confirmation"]["challenge"]
            print(f"  bank   asks first: {_terms(body['confirmation'])}")
        return status, body

    def confirm(self, how: str = "person says yes, and the channel signs it") -> tuple[int, Any]:
        """Say yes to the terms that the bank asked about last, and print the answer."""
        proof = mint(self.deployment, self._challenge)
        attributes = self._asked["sessionAttributes"] | {"confirmation": proof}
        print(f"  {how}")
        return self._exchange(self._asked | {"sessionAttributes": attributes})

    def _exchange(self, event: dict[str, Any]) -> tuple[int, Any]:
        status, body = invocation.status_and_body(invocation.invoke(self.deployment, event))
        print(f"         -> {status} {_brief(body)}")
        return status, body

    def hear(self, event_type: str, count: int, is_wanted: Callable[[Any], bool]) -> list[Any]:
        """Wait for events of one type and print them."""
        heard: list[Any] = []
        for envelope in self.tap.events(_EVENTS_SECONDS):
            if envelope["event_type"] == event_type and is_wanted(envelope):
                heard.append(envelope)
                print(f"  bus    {event_type} {_brief(envelope['data'])}")
            if len(heard) == count:
                return heard
        raise ConsoleError(f"{len(heard)} of {count} {event_type} events came in time.")

    def balances(self) -> dict[str, Decimal]:
        """Read the balances of both accounts from the table and print them."""
        table = self.deployment.outputs["AccountsTableName"]
        balances = {
            account: self._read(table, {"user_id": user, "account_id": account})["balance"]
            for account, user in _OWNER.items()
        }
        print("  table  " + ", ".join(f"{a} {b:,.2f} MXN" for a, b in balances.items()))
        return balances

    def records(self, transaction_id: str, created_at: str) -> list[Item]:
        """Read the two records of a transfer by the keys that its id gives, and print them."""
        table = self.deployment.outputs["TransactionsTableName"]
        sort_key = f"{created_at}#{transaction_id}"
        records = [
            self._read(table, {"account_id": account, "timestamp_txn_id": sort_key})
            for account in (_FROM, _TO)
        ]
        for record in records:
            print(f"  table  record on {record['account_id']}: {record['amount']:+,.2f} MXN")
        return records

    def timeline(self, correlation_id: str, last: str) -> None:
        """Print the events of one purchase, as far as `last`, with their times."""
        heard: list[Any] = []
        for envelope in self.tap.events(_EVENTS_SECONDS):
            if envelope["correlation_id"] == correlation_id:
                heard.append(envelope)
            if envelope["event_type"] == last and envelope in heard:
                break
        heard.sort(key=lambda e: e["timestamp"])
        for envelope in heard:
            print(f"  bus    {envelope['timestamp']} {envelope['source']:12} {_step(envelope)}")
        _expect([e["event_type"] for e in heard][-1:] == [last], f"the purchase ends with {last}")

    def stock(self, product: Mapping[str, Any]) -> int:
        """Read how many of a product there are."""
        table = self.deployment.outputs["ProductsTableName"]
        key = {name: product[name] for name in ("product_id", "retailer_id")}
        return int(self._read(table, key)["stock"])

    def _read(self, table: str, key: Item) -> Item:
        item = DynamoDB(self.deployment.cloud.client("dynamodb")).get(table, key)
        if item is None:
            raise ConsoleError(f"An item of {table} is missing.")
        return item


def run(deployment: Deployment) -> int:
    """Show the flows; return 0 when all of them did what they say."""
    with bus.tap(deployment, {"detail": {"version": ["1.0"]}}) as tap:
        stage = _Stage(deployment, tap, session_id=str(uuid4()))
        _transfer_by_agent(stage)
        _transfer_by_bus(stage)
        _transfer_above_the_balance(stage)
        _not_for_strangers(stage)
        _purchase(stage)
        _purchase_without_funds(stage)
        _books(stage)
    print("\nAll of the above was checked against the deployed stack.")
    return 0


def _transfer_by_agent(stage: _Stage) -> None:
    _title('An agent resolves "mi hermano" and transfers 100 pesos')
    before = stage.balances()
    _, resolution = stage.call("resolveAlias", alias="mi hermano")
    brother = resolution["beneficiary"]
    _expect(brother["account_id"] == _TO, "the alias resolves to Juan's account")
    stage.call("createTransfer", from_account=_FROM, to_account=brother["account_id"], amount="100")
    _expect(stage.balances() == before, "nothing moves before the yes")
    status, receipt = stage.confirm()
    _expect(status == 200, "the transfer is completed")  # noqa: PLR2004 HTTP
    after = stage.balances()
    _expect(_moved(before, after, Decimal(100)), "both balances changed by 100 pesos")
    records = stage.records(receipt["transaction_id"], receipt["created_at"])
    _expect(sum(r["amount"] for r in records) == 0, "the two records sum to zero")
    stage.hear(
        "TRANSFER_COMPLETED",
        1,
        lambda e: e["data"]["transaction_id"] == receipt["transaction_id"],
    )
    _, again = stage.confirm("again  the same call with the same yes")
    _expect(again.get("repeated") is True, "the same yes again is recognised")
    _expect(stage.balances() == after, "and moves nothing")


def _transfer_by_bus(stage: _Stage) -> None:
    _title("The same over the bus, 50 pesos, delivered three times: it happens once")
    before = stage.balances()
    envelope = bus.request_event(
        "TRANSFER_REQUEST",
        {"from_account": _FROM, "to_account": _TO, "amount": Decimal(50)},
        user_id=_MARIA,
        correlation_id=str(uuid4()),
        moment=system_clock(),
    )
    for _ in range(_DELIVERIES):
        bus.publish(stage.deployment, envelope)
    replies = stage.hear(
        "TRANSFER_COMPLETED",
        _DELIVERIES,
        lambda e: e["correlation_id"] == envelope["correlation_id"],
    )
    ids = {reply["data"]["transaction_id"] for reply in replies}
    _expect(len(ids) == 1, "three answers tell of one transaction")
    _expect(_moved(before, stage.balances(), Decimal(50)), "50 pesos moved, once")


def _transfer_above_the_balance(stage: _Stage) -> None:
    _title("A transfer above the balance is refused")
    before = stage.balances()
    status, body = stage.call(
        "createTransfer", from_account=_FROM, to_account=_TO, amount=_MORE_THAN_SHE_HAS
    )
    _expect(
        400 <= status < 500 and body["error"]["code"] == "INSUFFICIENT_FUNDS",  # noqa: PLR2004 HTTP
        "the answer is INSUFFICIENT_FUNDS, and nobody is asked",
    )
    _expect(stage.balances() == before, "nothing moved")


def _not_for_strangers(stage: _Stage) -> None:
    _title("Another customer's account, and a caller without identity, are refused")
    before = stage.balances()
    status, _ = stage.call(
        "createTransfer", user_id="user-sofia", from_account=_FROM, to_account=_TO, amount="1"
    )
    _expect(status == 404, "María's account is not found for Sofía")  # noqa: PLR2004 HTTP
    status, _ = stage.call("getBalance", user_id="user-sofia", account_id=_FROM)
    _expect(status == 404, "nor does Sofía see its balance")  # noqa: PLR2004 HTTP
    status, _ = stage.call("getBalance", user_id="")
    _expect(status == 401, "without an identity there is no answer")  # noqa: PLR2004 HTTP
    _expect(stage.balances() == before, "nothing moved")


def _purchase(stage: _Stage) -> None:
    _title("María looks for a television, compares its benefits, and buys it in instalments")
    _, found = stage.call("searchProducts", search="televisor")
    for product in found["products"]:
        benefits = ", ".join(product["benefits"])
        print(f"         {product['product_id']} {product['price']:.2f} ({benefits})")
    chosen = next(p for p in found["products"] if p["product_id"] == _TELEVISION)
    _, compared = stage.call(
        "compareBenefits", product_id=_TELEVISION, retailer_id=chosen["retailer_id"]
    )
    for option in compared["options"]:
        when = "a month" if "months" in option else "at once"
        verdict = "can be had" if option["eligible"] else option["reason"]
        print(f"         {option['benefit']}: {option['cost_per_month']:.2f} {when}, {verdict}")
    print(f"         best: {compared['best']['benefit']}, {compared['best']['reason']}")
    plan = next(o for o in compared["options"] if o["benefit"] == "MSI-12")
    before = stage.stock(chosen)
    stage.call(
        "createPurchase",
        product_id=_TELEVISION,
        retailer_id=chosen["retailer_id"],
        account_id="acc-maria-credit",
        benefit="MSI-12",
        **{name: str(plan[name]) for name in ("months", "monthly_payment", "last_payment")},
        unit_price=str(chosen["price"]),
    )
    status, bought = stage.confirm()
    _expect(status == 200 and bought["status"] == "completed", "the agent is told that it is paid")  # noqa: PLR2004 HTTP
    _expect(
        bought["monthly_payment"] == plan["monthly_payment"], "what was shown is what was bought"
    )
    stage.timeline(bought["purchase_id"], "PURCHASE_CONFIRMED")
    _expect(stage.stock(chosen) == before - 1, "one television fewer is in stock")


def _purchase_without_funds(stage: _Stage) -> None:
    _title("Sofía buys one too, from an account that has too little: it is given back")
    _, found = stage.call("searchProducts", user_id="user-sofia", search="televisor")
    chosen = next(p for p in found["products"] if p["product_id"] == _TELEVISION)
    before = stage.stock(chosen)
    wanted = {name: chosen[name] for name in ("product_id", "retailer_id")}
    wanted |= {"account_id": "acc-sofia-checking"}
    _, body = stage.call(
        "createPurchase", user_id="user-sofia", **wanted, unit_price=str(chosen["price"])
    )
    _expect(
        body["error"]["code"] == "INSUFFICIENT_FUNDS" and "confirmation" not in body,
        "the answer is INSUFFICIENT_FUNDS, and nobody is asked",
    )
    envelope = bus.request_event(
        "PURCHASE_REQUEST",
        wanted | {"unit_price": chosen["price"]},
        user_id="user-sofia",
        correlation_id=str(uuid4()),
        moment=system_clock(),
    )
    bus.publish(stage.deployment, envelope)
    stage.timeline(envelope["correlation_id"], "PURCHASE_FAILED")
    _expect(stage.stock(chosen) == before, "the television is in stock again")


def _books(stage: _Stage) -> None:
    _title("The books agree: balances, records, payments, purchases, stock, and what was owed")
    _expect(not reconcile.report_on(stage.deployment).disagreements, "nothing disagrees")


def _moved(before: Mapping[str, Decimal], after: Mapping[str, Decimal], amount: Decimal) -> bool:
    return after[_FROM] == before[_FROM] - amount and after[_TO] == before[_TO] + amount


def _title(text: str) -> None:
    print(f"\n== {text}")


def _expect(holds: bool, statement: str) -> None:
    if not holds:
        raise ConsoleError(f"This does not hold: {statement}.")
    print(f"  ok     {statement}")


def _step(envelope: Mapping[str, Any]) -> str:
    error = envelope["data"].get("error")
    return f"{envelope['event_type']} ({error['code']})" if error else f"{envelope['event_type']}"


def _terms(confirmation: Mapping[str, Any]) -> str:
    """Return what the bank asks about, on one line."""
    told = [f"{name}={value}" for name, value in confirmation["terms"].items()]
    codes = [warning["code"] for warning in confirmation["warnings"]]
    return ", ".join(told) + (f" ({', '.join(codes)})" if codes else "")


def _brief(body: Mapping[str, Any]) -> str:
    """Return the telling fields of an answer on one line."""
    if "confirmation" in body:
        return str(body["error"]["code"])
    if "error" in body and "purchase_id" not in body:
        return f"{body['error']['code']}: {body['error']['message']}"
    if body.get("beneficiary"):
        person = body["beneficiary"]
        return f"match={body['match']} {person['name']}, {person['account_id']}"
    kept = (
        *("transaction_id", "purchase_id", "status", "amount", "total_amount", "currency"),
        *("benefit_applied", "repeated"),
    )
    return " ".join(f"{name}={body[name]}" for name in kept if body.get(name) is not None)
