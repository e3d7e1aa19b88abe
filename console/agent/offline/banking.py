"""Balances, beneficiaries and purchases: what the bank answers, told."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from console.agent.brain import Say
from console.agent.offline.memory import Account, Page, account_of, person_of
from console.agent.offline.movements import day_of, more_movements
from console.agent.offline.talk import Flow, Looking, Talk
from console.agent.wording import money

# --- balances ---


def balance(talk: Talk, type_: str, supposed: Decimal | None = None) -> Flow:
    """Tell what is on all accounts or on those of a type; and what would be left of it."""
    memory = talk.memory
    memory.topic = "balance"
    if not (type_ and memory.accounts):
        yield from talk.look("getBalance")
    wanted = [account for account in memory.accounts if account.type == type_]
    if type_ and not wanted:
        yield talk.say("no_account_of_type", account=talk.account_type(type_))
        return
    accounts = wanted or memory.accounts
    if len(wanted) == 1:
        body = yield from talk.look("getBalance", account_id=wanted[0].account_id)
        accounts = [account_of(entry) for entry in body["accounts"]]
        memory.last_account = wanted[0].account_id
    accounts = sorted(accounts, key=lambda account: account.account_id != memory.last_account)
    yield talk.lines(_balance_lines(talk, accounts, supposed))


def _balance_lines(
    talk: Talk, accounts: Sequence[Account], supposed: Decimal | None
) -> Iterator[str]:
    if not accounts:
        yield talk.text("no_accounts")
    if len(accounts) > 1:
        yield talk.text("balance_head")
    for account in accounts:
        yield _balance_line(talk, account)
    spendable = [account for account in accounts if account.type != "credit"]
    if supposed is not None and spendable:
        payer = next((a for a in spendable if a.type == "checking"), spendable[0])
        left = payer.available - supposed
        yield talk.text(
            "would_remain" if left >= 0 else "would_not_suffice",
            amount=money(supposed),
            account=talk.account_type(payer.type),
            left=money(left),
        )


def _balance_line(talk: Talk, account: Account) -> str:
    name = talk.account_type(account.type).capitalize()
    if not account.is_active:
        status = talk.text(f"status_{account.status}")
        name += talk.text("not_active", status=status)
    if account.type == "credit":
        owed, available = money(max(-account.balance, Decimal(0))), money(account.available)
        return talk.text("credit_line", account=name, owed=owed, available=available)
    return talk.text("balance_line", account=name, balance=money(account.balance))


# --- going on ---


def more(talk: Talk) -> Flow:
    """Show the next page of the movements, beneficiaries or purchases last shown."""
    page = talk.memory.page
    if page is None:
        yield talk.say("no_more")
        return
    if page.operation_id == "listTransactions":
        yield from more_movements(talk, page)
        return
    body = yield from talk.look(page.operation_id, **page.arguments)
    token = body.get("next_token")
    entries = next(value for value in body.values() if isinstance(value, list))
    shown = page.shown + len(entries)
    arguments = {**page.arguments, "next_token": token or ""}
    talk.memory.page = Page(page.operation_id, arguments, shown) if token else None
    if page.operation_id == "listBeneficiaries":
        yield talk.lines(_people_lines(talk, entries, page.shown))
    else:
        yield talk.lines(purchase_lines(talk, entries, page.shown))


# --- people ---


def beneficiaries(talk: Talk) -> Flow:
    """List whom the customer can transfer to."""
    talk.memory.topic = "beneficiaries"
    body = yield from _first_page(talk, "listBeneficiaries", "beneficiaries")
    yield talk.lines(_people_lines(talk, body["beneficiaries"], 0))


def _people_lines(talk: Talk, entries: Sequence[Mapping[str, Any]], before: int) -> Iterator[str]:
    if not entries:
        yield talk.text("people_none")
        return
    yield talk.text("people_head")
    for number, entry in enumerate(entries, start=before + 1):
        yield talk.text("person_line", number=number, name=entry["name"], alias=entry["alias"])
    if talk.memory.page is not None:
        yield talk.text("more_available")


def who_is(talk: Talk, said: str) -> Flow:
    """Tell whom a phrase means."""
    talk.memory.topic = "who_is"
    body = yield from talk.look("resolveAlias", alias=said)
    if body.get("beneficiary"):
        person = person_of(body["beneficiary"])
        yield talk.say(
            "is_person",
            said=said,
            name=person.name,
            alias=person.alias,
            account=person.account_id,
        )
    elif body["candidates"]:
        people = talk.people([person_of(entry) for entry in body["candidates"]])
        yield talk.say("may_be_people", said=said, people=people)
    else:
        yield talk.say("is_nobody", said=said)


# --- purchases ---


def purchases(talk: Talk) -> Flow:
    """List the customer's purchases."""
    talk.memory.topic = "purchases"
    body = yield from _first_page(talk, "listPurchases", "purchases")
    yield talk.lines(purchase_lines(talk, body["purchases"], 0))


def purchase_lines(talk: Talk, entries: Sequence[Mapping[str, Any]], before: int) -> Iterator[str]:
    """Return purchases, one a line."""
    if not entries:
        yield talk.text("purchases_none")
        return
    yield talk.text("purchases_head")
    for number, entry in enumerate(entries, start=before + 1):
        count = int(entry["quantity"])
        yield talk.text(
            "purchase_line",
            number=number,
            day=day_of(talk, entry["created_at"]),
            product=product_name(talk, entry["product_id"]),
            quantity=talk.text("pieces_one" if count == 1 else "pieces", count=count),
            total=money(entry["total_amount"]),
            status=talk.text(f"status_{entry['status']}"),
        )
    if talk.memory.page is not None:
        yield talk.text("more_available")


def purchase_status(talk: Talk, purchase_id: str) -> Flow:
    """Tell what has become of a purchase: this one, the last of this conversation, or the last."""
    talk.memory.topic = "purchase_status"
    purchase_id = purchase_id or talk.memory.purchase_id
    if purchase_id:
        entry = yield from talk.look("getPurchase", purchase_id=purchase_id)
    else:
        body = yield from talk.look("listPurchases", limit="1")
        if not body["purchases"]:
            yield talk.say("purchases_none")
            return
        entry = body["purchases"][0]
    yield _status(talk, entry)


def _status(talk: Talk, entry: Mapping[str, Any]) -> Say:
    return talk.say(
        "purchase_status",
        product=product_name(talk, entry["product_id"]),
        total=money(entry["total_amount"]),
        day=day_of(talk, entry["created_at"]),
        status=talk.text(f"status_{entry['status']}"),
    )


def product_name(talk: Talk, product_id: str) -> str:
    """Return what a product is called: by its name when it was seen, else by its identifier."""
    return talk.memory.known.products.get(product_id, product_id)


def _first_page(talk: Talk, operation_id: str, name: str) -> Looking:
    body = yield from talk.look(operation_id)
    token = body.get("next_token")
    talk.memory.page = Page(operation_id, {"next_token": token}, len(body[name])) if token else None
    return body
