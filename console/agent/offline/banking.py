"""Balances, beneficiaries and purchases: what the bank answers, told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import Say
from console.agent.offline.finding import search_further
from console.agent.offline.movements import more_movements
from console.agent.offline.talk import Flow, Talk
from console.agent.offline.things import OwnAccount, Page, account_of, person_of
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
    talk: Talk, accounts: Sequence[OwnAccount], supposed: Decimal | None
) -> Iterator[str]:
    if len(accounts) != 1:
        yield talk.text("balance_head" if accounts else "no_accounts")
    yield from (_balance_line(talk, account) for account in accounts)
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


def _balance_line(talk: Talk, account: OwnAccount) -> str:
    name = talk.account_type(account.type).capitalize()
    if not account.is_active:
        name += talk.text("not_active", status=talk.text(f"status_{account.status}"))
    if account.type == "credit":
        owed, available = money(max(-account.balance, Decimal(0))), money(account.available)
        return talk.text("credit_line", account=name, owed=owed, available=available)
    return talk.text("balance_line", account=name, balance=money(account.balance))


def own_accounts(talk: Talk) -> Flow:
    """Tell the numbers of the customer's own accounts."""
    body = yield from talk.look("getBalance")
    accounts = [(talk.account_type(a["account_type"]), a["account_id"]) for a in body["accounts"]]
    lines = [
        talk.text("own_account_line", account=type_.capitalize(), number=number)
        for type_, number in accounts
    ]
    yield talk.lines([talk.text("own_account"), *lines])


# --- lists, a page at a time ---


def _person_line(talk: Talk, number: int, entry: Mapping[str, Any]) -> str:
    return talk.text("person_line", number=number, name=entry["name"], alias=entry["alias"])


def _purchase_line(talk: Talk, number: int, entry: Mapping[str, Any]) -> str:
    count = int(entry["quantity"])
    pieces = talk.text("pieces_one" if count == 1 else "pieces", count=count)
    return talk.text("purchase_line", number=number, quantity=pieces, **_purchase(talk, entry))


def _purchase(talk: Talk, entry: Mapping[str, Any]) -> dict[str, Any]:
    known = talk.memory.known.products.get(entry["product_id"], entry["product_id"])
    return {
        "product": entry.get("product_name") or known,
        "total": money(entry["total_amount"]),
        "day": talk.day_of(entry["created_at"]),
        "status": talk.text(f"status_{entry['status']}"),
    }


_Line = Callable[[Talk, int, Mapping[str, Any]], str]
_LISTS: Final[Mapping[str, tuple[str, _Line]]] = {
    "listBeneficiaries": ("people", _person_line),
    "listPurchases": ("purchases", _purchase_line),
}


def beneficiaries(talk: Talk) -> Flow:
    """List whom the customer can transfer to."""
    yield from _next_page(talk, Page("listBeneficiaries", {}, 0))


def purchases(talk: Talk) -> Flow:
    """List the customer's purchases."""
    yield from _next_page(talk, Page("listPurchases", {}, 0))


def more(talk: Talk) -> Flow:
    """Show the next page of what was last shown."""
    page = talk.memory.page
    if page is None:
        yield talk.say("no_more")
    elif page.operation_id == "listTransactions":
        yield from more_movements(talk, page)
    elif page.operation_id == "searchProducts":
        yield from search_further(talk, page)
    else:
        yield from _next_page(talk, page)


def _next_page(talk: Talk, page: Page) -> Flow:
    memory, (key, line) = talk.memory, _LISTS[page.operation_id]
    memory.topic = key
    body = yield from talk.look(page.operation_id, **page.arguments)
    entries: list[Mapping[str, Any]] = next(v for v in body.values() if isinstance(v, list))
    if page.operation_id == "listBeneficiaries":
        before = memory.people[: page.shown]
        memory.people = before + [person_of(entry) for entry in entries]
    token, shown = body.get("next_token"), page.shown + len(entries)
    arguments = {**page.arguments, "next_token": token or ""}
    memory.page = replace(page, arguments=arguments, shown=shown) if token else None
    lines = [line(talk, number, e) for number, e in enumerate(entries, start=page.shown + 1)]
    head = talk.text(f"{key}_head" if lines else f"{key}_none")
    yield talk.lines([head, *lines, talk.text("more_available") if token else ""])


# --- one of them ---


def who_is(talk: Talk, said: str) -> Flow:
    """Tell whom a phrase means."""
    talk.memory.topic = "who_is"
    body = yield from talk.look("resolveAlias", alias=said)
    if body.get("beneficiary"):
        person = body["beneficiary"]
        yield Say(talk.text("is_person", **{**person, "said": said}))
    elif body["candidates"]:
        people = talk.people([person_of(entry) for entry in body["candidates"]])
        yield talk.say("may_be_people", said=said, people=people)
    else:
        yield talk.say("is_nobody", said=said)


def purchase_status(talk: Talk) -> Flow:
    """Tell what has become of the last purchase of this conversation."""
    talk.memory.topic = "purchase_status"
    entry = yield from talk.look("getPurchase", purchase_id=talk.memory.purchase_id)
    yield talk.say("purchase_status", **_purchase(talk, entry))
