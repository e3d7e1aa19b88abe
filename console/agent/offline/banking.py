"""Balances, movements and beneficiaries: what the bank answers, told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from action_groups.marketplace.catalogue import words_of
from console.agent.brain import Say
from console.agent.language import Language
from console.agent.offline.memory import Account, Page, account_of, person_of
from console.agent.offline.queries import MAX_PAGE, ZONE, MovementsQuery
from console.agent.offline.talk import Flow, Looking, Talk
from console.agent.wording import money

_MAX_PAGES: Final = 6
_SHOWN: Final = 10
_MONTHS: Final[Mapping[Language, Sequence[str]]] = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


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


# --- movements ---


@dataclass
class _Found:
    """Movements that were read, and whether there are more."""

    movements: list[Mapping[str, Any]] = field(default_factory=list)
    token: str = ""
    has_own: bool = False
    """Whether what went between the customer's own accounts was left out."""


def movements(talk: Talk, query: MovementsQuery, recipient: str = "") -> Flow:
    """List movements, or add them up."""
    memory = talk.memory
    memory.topic, memory.query = "transactions", query
    if query.is_date_unread:
        yield talk.say("dates_unread")
        return
    account_id = query.account_id
    recipient = recipient or query.payer
    if query.account_type or query.is_sum or query.direction or recipient:
        yield from talk.look("getBalance")
    if query.account_type and not account_id:
        fitting = [a for a in memory.accounts if a.type == query.account_type]
        if len(fitting) != 1:
            account = talk.account_type(query.account_type)
            yield talk.say("no_account_of_type", account=account)
            return
        account_id = memory.last_account = fitting[0].account_id
    to_account = ""
    if recipient:
        resolved = yield from talk.look("resolveAlias", alias=recipient)
        if not resolved.get("beneficiary"):
            yield talk.say("is_nobody", said=recipient)
            return
        to_account = resolved["beneficiary"]["account_id"]
    yield from _read_and_tell(talk, query, account_id, to_account)


def _read_and_tell(talk: Talk, query: MovementsQuery, account_id: str, to_account: str) -> Flow:
    is_filtered = bool(query.is_sum or query.direction or to_account or query.about)
    limit = MAX_PAGE if is_filtered else query.limit or _SHOWN
    arguments = {
        "account_id": account_id,
        "type": query.type,
        "limit": str(limit),
        **query.dates(),
    }
    if is_filtered and query.limit is None:
        arguments["limit"] = str(MAX_PAGE)
    found = _Found()
    for _ in range(_MAX_PAGES):
        body = yield from talk.look("listTransactions", **arguments, next_token=found.token)
        for movement in body["transactions"]:
            if query.is_sum and not to_account and _is_between_own(talk, movement):
                found.has_own = True
            elif _is_wanted(movement, query, to_account):
                found.movements.append(movement)
        found.token = body.get("next_token") or ""
        is_enough = not query.is_sum and len(found.movements) >= (query.limit or _SHOWN)
        if not found.token or not is_filtered or is_enough:
            break
    if query.is_sum:
        yield talk.lines(_sum_lines(talk, query, found, to_account))
        return
    shown = found.movements[: query.limit or (MAX_PAGE if is_filtered else _SHOWN)]
    talk.memory.page = (
        Page("listTransactions", {**arguments, "next_token": found.token}, len(shown))
        if found.token and query.limit is None
        else None
    )
    yield talk.lines(_movement_lines(talk, shown, query, 0))


def _is_wanted(movement: Mapping[str, Any], query: MovementsQuery, to_account: str) -> bool:
    if to_account and to_account not in {movement.get("to_account"), movement.get("from_account")}:
        return False
    if not words_of(query.about) <= words_of(movement.get("description") or ""):
        return False
    return not query.direction or movement["direction"] == query.direction


def _is_between_own(talk: Talk, movement: Mapping[str, Any]) -> bool:
    return all(talk.memory.is_own(movement.get(end)) for end in ("from_account", "to_account"))


def _sum_lines(talk: Talk, query: MovementsQuery, found: _Found, to_account: str) -> Iterator[str]:
    direction = query.direction or ("credit" if query.type == "deposit" else "debit")
    counted = [m for m in found.movements if m["direction"] == direction]
    which = _which(talk, replace(query, direction=""))
    if to_account:
        key = "sum_from" if query.payer else "sum_to"
        which = talk.text(key, who=talk.account(to_account)) + which
    if not counted:
        yield talk.text("sum_none", what=talk.text(f"what_{direction}"), which=which)
    else:
        total = sum((Decimal(m["amount"]) for m in counted), Decimal(0))
        key = f"sum_{direction}" if len(counted) > 1 else f"sum_{direction}_one"
        yield talk.text(key, total=money(total), which=which, count=len(counted))
    if direction == "debit" and counted and not (query.type or to_account):
        yield talk.text("sum_counted")
    elif found.has_own:
        yield talk.text("sum_own")
    if found.token:
        yield talk.text("sum_partial")


def _movement_lines(
    talk: Talk, shown: Sequence[Mapping[str, Any]], query: MovementsQuery, before: int
) -> Iterator[str]:
    which = _which(talk, query)
    if not shown:
        yield talk.text("movements_none", which=which)
        return
    yield talk.text("movements_head", which=which)
    for number, movement in enumerate(shown, start=before + 1):
        sign = "-" if movement["direction"] == "debit" else "+"
        yield talk.text(
            "movement_line",
            number=number,
            day=day_of(talk, movement["created_at"]),
            sign=sign,
            amount=money(movement["amount"]),
            what=_what(talk, movement),
        )
    if talk.memory.page is not None:
        yield talk.text("more_available")


def _what(talk: Talk, movement: Mapping[str, Any]) -> str:
    """Return what a movement was: its kind, the other account, and its description."""
    kind = talk.text(f"type_{movement['type']}")
    is_debit = movement["direction"] == "debit"
    other = movement.get("to_account" if is_debit else "from_account")
    if other and (talk.memory.is_own(other) or other in talk.memory.known.people):
        key = "to_account" if is_debit else "from_account"
        kind = talk.text(key, type=kind, account=talk.account(other))
    description = movement.get("description")
    return f"{kind} · {description}" if description else kind


def _which(talk: Talk, query: MovementsQuery) -> str:
    """Return which movements they are: of which account, of which days, which way."""
    parts = []
    if query.account_type:
        parts.append(talk.text("which_account", account=talk.account_type(query.account_type)))
    if query.span is not None:
        first, last = query.span.first, query.span.last
        key = "which_since" if last is None else "which_until" if first is None else "which_days"
        key = "which_day" if first == last else key
        parts.append(talk.text(key, first=_written(talk, first), last=_written(talk, last)))
    if query.about:
        parts.append(talk.text("which_about", about=query.about))
    if query.direction:
        parts.append(talk.text(f"which_{query.direction}"))
    return "".join(parts)


def _written(talk: Talk, day: date | None) -> str:
    if day is None:
        return ""
    month = _MONTHS[talk.language][day.month - 1]
    is_this_year = day.year == talk.clock().astimezone(ZONE).year
    return f"{day.day} {month}" if is_this_year else f"{day.day} {month} {day.year}"


def day_of(talk: Talk, moment: str) -> str:
    """Return the day in Mexico of a moment of the bank, as it is written."""
    return _written(talk, datetime.fromisoformat(moment).astimezone(ZONE).date())


# --- going on ---


def more(talk: Talk) -> Flow:
    """Show the next page of the movements, beneficiaries or purchases last shown."""
    page = talk.memory.page
    if page is None:
        yield talk.say("no_more")
        return
    body = yield from talk.look(page.operation_id, **page.arguments)
    token = body.get("next_token")
    entries = next(value for value in body.values() if isinstance(value, list))
    shown = page.shown + len(entries)
    arguments = {**page.arguments, "next_token": token or ""}
    talk.memory.page = Page(page.operation_id, arguments, shown) if token else None
    if page.operation_id == "listTransactions":
        yield talk.lines(_movement_lines(talk, entries, talk.memory.query, page.shown))
    elif page.operation_id == "listBeneficiaries":
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
    known = talk.memory.known.products.get(product_id)
    return known or product_id.removeprefix("prod-").replace("-", " ")


def _first_page(talk: Talk, operation_id: str, name: str) -> Looking:
    body = yield from talk.look(operation_id)
    token = body.get("next_token")
    talk.memory.page = Page(operation_id, {"next_token": token}, len(body[name])) if token else None
    return body
