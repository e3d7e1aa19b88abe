"""What the bank answers, told: balances, beneficiaries, purchases, movements."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import CallOutcome, Say
from console.agent.offline.asking import MAX_PAGE, MovementsQuery
from console.agent.offline.finding import search_further
from console.agent.offline.talk import Flow, Step, Talk
from console.agent.offline.text import words_of
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


def listed(talk: Talk, operation_id: str) -> Flow:
    """List whom the customer can transfer to, or the customer's purchases."""
    yield from _next_page(talk, Page(operation_id, {}, 0))


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


# --- movements ---

_MAX_PAGES: Final = 6
_SHOWN: Final = 10


@dataclass
class _Found:
    """Movements that were read, and whether there are more."""

    movements: list[Mapping[str, Any]] = field(default_factory=list)
    token: str = ""
    back_to: str = ""
    """Since when all were looked at, when the bank or this turn stopped looking."""
    is_cut: bool = False
    """Whether the bank stopped looking, although it had not found as many as were asked for."""
    has_own: bool = False
    """Whether what went between the customer's own accounts was left out."""


_Reading = Generator[Step, Sequence[CallOutcome], _Found]


def movements(talk: Talk, query: MovementsQuery) -> Flow:
    """List movements, or add them up."""
    memory = talk.memory
    memory.topic, memory.query = "transactions", query
    if query.is_date_unread:
        yield talk.say("dates_unread")
        return
    if not memory.has_people:
        yield from talk.look("listBeneficiaries")
        memory.has_people = True
    if query.needs_own_accounts:
        yield from talk.look("getBalance")
    if query.account_type and not query.account_id:
        fitting = [a for a in memory.accounts if a.type == query.account_type]
        if len(fitting) != 1:
            account = talk.account_type(query.account_type)
            yield talk.say("no_account_of_type", account=account)
            return
        memory.last_account = fitting[0].account_id
        query = replace(query, account_id=memory.last_account)
    if query.other:
        resolved = yield from talk.look("resolveAlias", alias=query.other)
        if not resolved.get("beneficiary"):
            yield talk.say("is_nobody", said=query.other)
            return
        query = replace(query, other_account=resolved["beneficiary"]["account_id"])
    memory.query = query
    if query.unread:
        yield Say(talk.text("not_filtered", said=query.unread) + "\n")
    limit = MAX_PAGE if query.is_filtered else query.limit or _SHOWN
    arguments = {"account_id": query.account_id, "type": query.type, "limit": str(limit)}
    found = yield from _read(talk, query, {**arguments, **query.dates()})
    if query.is_sum:
        yield talk.lines(_sum_lines(talk, query, found))
        return
    yield _listed(talk, {**arguments, **query.dates()}, found, 0)


def more_movements(talk: Talk, page: Page) -> Flow:
    """Show the next of the movements last shown."""
    found = yield from _read(talk, talk.memory.query, page.arguments)
    yield _listed(talk, page.arguments, found, page.shown)


def _read(talk: Talk, query: MovementsQuery, arguments: Mapping[str, str]) -> _Reading:
    """Read a page; or, where only some movements are wanted, as many pages as that takes."""
    found = _Found(token=arguments.get("next_token", ""))
    for _ in range(_MAX_PAGES):
        asked = {**arguments, "next_token": found.token}
        body = yield from talk.look("listTransactions", **asked)
        for movement in body["transactions"]:
            if query.is_sum and not query.other_account and _is_between_own(talk, movement):
                found.has_own = True
            elif _is_wanted(movement, query):
                found.movements.append(movement)
        found.token = body.get("next_token") or ""
        last = body["transactions"][-1]["created_at"] if body["transactions"] else found.back_to
        found.back_to = body.get("looked_back_to") or last
        found.is_cut = "looked_at" in body
        is_enough = not query.is_sum and len(found.movements) >= (query.limit or _SHOWN)
        if not found.token or not query.is_filtered or is_enough:
            break
    if not query.is_sum and len(found.movements) >= (query.limit or MAX_PAGE + 1):
        found.movements, found.token = found.movements[: query.limit], ""
    return found


def _is_wanted(movement: Mapping[str, Any], query: MovementsQuery) -> bool:
    ends = {movement.get("to_account"), movement.get("from_account")}
    return (
        (not query.other_account or query.other_account in ends)
        and words_of(query.about) <= words_of(movement.get("description") or "")
        and (not query.direction or movement["direction"] == query.direction)
    )


def _is_between_own(talk: Talk, movement: Mapping[str, Any]) -> bool:
    return all(talk.memory.is_own(movement.get(end)) for end in ("from_account", "to_account"))


def _sum_lines(talk: Talk, query: MovementsQuery, found: _Found) -> Iterator[str]:
    direction = query.direction or ("credit" if query.type == "deposit" else "debit")
    counted = [m for m in found.movements if m["direction"] == direction][: query.limit]
    which = _which(talk, query, tells_way=False)
    if not counted:
        yield talk.text("sum_none", what=talk.text(f"what_{direction}"), which=which)
    else:
        total = sum((Decimal(m["amount"]) for m in counted), Decimal(0))
        key = f"sum_{direction}" if len(counted) > 1 else f"sum_{direction}_one"
        yield talk.text(key, total=money(total), which=which, count=len(counted))
    if direction == "debit" and counted and not (query.type or query.other_account):
        yield talk.text("sum_counted")
    elif found.has_own:
        yield talk.text("sum_own")
    if found.token:
        yield talk.text("sum_partial", day=talk.day_of(found.back_to))


def _listed(talk: Talk, arguments: Mapping[str, str], found: _Found, before: int) -> Say:
    """List movements, or say how far back there are none, and remember how to go on."""
    shown, token = found.movements, found.token
    page = Page("listTransactions", {**arguments, "next_token": token}, before + len(shown))
    talk.memory.page = page if token else None
    which = _which(talk, talk.memory.query)
    back_to = talk.day_of(found.back_to) if token else ""
    if token and not shown:
        return talk.say("movements_none_since", which=which, day=back_to)
    if before and not shown:
        return talk.say("no_more")
    head = talk.text("movements_head" if shown else "movements_none", which=which)
    lines = [_line(talk, number, m) for number, m in enumerate(shown, start=before + 1)]
    more = talk.text("movements_since" if found.is_cut else "more_available", day=back_to)
    return talk.lines([head, *lines, more if token else ""])


def _line(talk: Talk, number: int, movement: Mapping[str, Any]) -> str:
    """Return a movement: its day, amount, kind, the other account, and its description."""
    what = talk.text(f"type_{movement['type']}")
    is_debit = movement["direction"] == "debit"
    way = "to_account" if is_debit else "from_account"
    other = movement.get(way)
    if other and (talk.memory.is_own(other) or other in talk.memory.known.people):
        what = talk.text(way, type=what, account=talk.account(other))
    description = movement.get("description")
    return talk.text(
        "movement_line",
        number=number,
        day=talk.day_of(movement["created_at"]),
        sign="-" if is_debit else "+",
        amount=money(movement["amount"]),
        what=f"{what} · {description}" if description else what,
    )


def _which(talk: Talk, query: MovementsQuery, *, tells_way: bool = True) -> str:
    """Return which movements they are: of which account, of which days, which way."""
    way = "which_from" if query.direction == "credit" else "which_to"
    type_ = talk.account_type(query.account_type)
    told = (
        query.other_account and talk.text(way, who=talk.account(query.other_account)),
        query.account_type and talk.text("which_account", account=type_),
        talk.days(query.span) if query.span else "",
        query.about and talk.text("which_about", about=query.about),
        talk.text(f"which_{query.direction}") if tells_way and query.direction else "",
    )
    return "".join(told)
