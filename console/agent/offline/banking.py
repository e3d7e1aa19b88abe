"""What the bank answers, told: balances, beneficiaries, purchases, movements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any, Final

from console.agent.brain import Say
from console.agent.offline.asking import MAX_PAGE, MovementsQuery
from console.agent.offline.buying import told
from console.agent.offline.parts import OWN_ACCOUNTS
from console.agent.offline.talk import Flow, Question, Talk
from console.agent.offline.text import words_of
from console.agent.offline.things import OwnAccount, account_of, person_of

# --- balances ---


def balance(
    talk: Talk, said: str, cost: Decimal | None = None, head: str = "balance_head", payer: str = ""
) -> Question:
    """Tell what is on all accounts or on those meant; and what would be left on the payer's."""
    memory = talk.memory
    memory.topic = "balance"
    accounts = [a for a in memory.accounts if said in {a.type, a.account_id}]
    if len(accounts) != 1:
        accounts = yield from talk.own_accounts(said)
    if said and not accounts:
        return _no_account(talk, said)
    if said and len(accounts) == 1:
        memory.last_account = accounts[0].account_id
        body = yield from talk.look("getBalance", account_id=memory.last_account)
        accounts = [account_of(entry) for entry in body["accounts"]]
    accounts.sort(key=lambda account: account.account_id != memory.last_account)
    heads = [] if len(accounts) == 1 else [talk.text(head if accounts else "no_accounts")]
    lines = [_balance_line(talk, account) for account in accounts]
    spendable = [account for account in accounts if account.type != "credit"]
    if spendable[1:]:
        lines.append(talk.text("balance_total", total=sum(a.available for a in spendable)))
    payers = [account for account in spendable if payer in {account.account_id, ""}]
    if cost is not None and payers:
        one = min(payers, key=lambda account: account.type != "checking")
        left, name = one.available - cost, talk.account(one.type)
        key = "would_remain" if left >= 0 else "would_not_suffice"
        lines.append(talk.text(key, account=name, amount=cost, left=left))
    return talk.lines([*heads, *lines])


def _no_account(talk: Talk, said: str) -> Say:
    key = "no_account_of_type" if said in OWN_ACCOUNTS else "others_money"
    return talk.say(key, account=talk.account(said))


def _balance_line(talk: Talk, account: OwnAccount) -> str:
    name = talk.account(account.type).capitalize()
    if account.status != "active":
        name += talk.text("not_active", status=talk.text(f"status_{account.status}"))
    key = "credit_line" if account.type == "credit" else "balance_line"
    owed = max(-account.balance, Decimal(0))
    return talk.text(key, account=name, owed=owed, **vars(account))


def own_accounts(talk: Talk, said: str = "") -> Flow:
    """Tell the numbers of the customer's own accounts, or of that which is meant."""
    talk.memory.topic = "own_account"
    own = yield from talk.own_accounts(said)
    told = [(talk.account(a.type).capitalize(), a.account_id) for a in own]
    lines = [talk.text("own_account_line", account=name, number=id_) for name, id_ in told]
    yield talk.lines([talk.text("own_account"), *lines])


# --- lists, a page at a time ---


_LISTS: Final[Mapping[str, tuple[str, Callable[[Talk, Mapping[str, Any]], str]]]] = {
    "listBeneficiaries": ("people", lambda talk, entry: talk.text("person_line", **entry)),
    "listPurchases": ("purchases", lambda talk, entry: told(talk, "purchase_line", entry)),
}


def listed(talk: Talk, operation_id: str, token: str = "", shown: int = 0) -> Flow:
    """List whom the customer can transfer to, or the customer's purchases, a page of them."""
    memory, (key, line) = talk.memory, _LISTS[operation_id]
    memory.topic = key
    body = yield from talk.look(operation_id, next_token=token)
    entries: list[Mapping[str, Any]] = next(v for v in body.values() if isinstance(v, list))
    if key == "people":
        memory.people = memory.people[:shown] + [person_of(entry) for entry in entries]
    token, last = body.get("next_token") or "", shown + len(entries)
    memory.more = partial(listed, talk, operation_id, token, last) if token else None
    head = talk.text(f"{key}_head" if entries else f"{key}_none")
    lines = talk.numbered((line(talk, entry) for entry in entries), shown)
    yield talk.lines([head, *lines, talk.text("more_available") if token else ""])


# --- one of them ---


def who_is(talk: Talk, said: str) -> Flow:
    """Tell whom a phrase means."""
    talk.memory.topic = "who_is"
    body = yield from talk.look("resolveAlias", alias=said)
    known = body.get("beneficiary")
    people = talk.people([person_of(entry) for entry in body.get("candidates", ())])
    key = "is_person" if known else "may_be_people" if people else "is_nobody"
    yield talk.say(key, **{**(known or {}), "said": said, "people": people})


def purchase_status(talk: Talk) -> Flow:
    """Tell what has become of the last purchase of this conversation."""
    talk.memory.topic = "purchase_status"
    entry = yield from talk.look("getPurchase", purchase_id=talk.memory.purchase_id)
    yield Say(told(talk, "purchase_status", entry))


# --- movements ---

Movement = Mapping[str, Any]
_MAX_PAGES: Final = 6
_SHOWN: Final = 10


def movements(talk: Talk, query: MovementsQuery) -> Question:
    """List movements, or add them up."""
    memory, said = talk.memory, query.account
    memory.topic, memory.query = "transactions", query
    if query.unclear:
        return talk.say(f"unclear_{query.unclear}")
    if not memory.has_names:
        yield from talk.look("listBeneficiaries")
        yield from talk.own_accounts()
        memory.has_names = True
    arguments = {"type": query.type, **query.dates()}
    if said:
        fitting = [a for a in memory.accounts if said in {a.type, a.account_id}]
        if len(fitting) != 1:
            return _no_account(talk, said)
        arguments["account_id"] = memory.last_account = fitting[0].account_id
        query = replace(query, account=fitting[0].type)
    if query.other:
        resolved = yield from talk.look("resolveAlias", alias=query.other)
        if not resolved.get("beneficiary"):
            return talk.say("is_nobody", said=query.other)
        query = replace(query, other=resolved["beneficiary"]["account_id"])
    if query.is_sum and not query.direction:
        query = replace(query, direction="credit" if query.type == "deposit" else "debit")
    return (yield from _told(talk, query, arguments))


def _told(
    talk: Talk, query: MovementsQuery, arguments: Mapping[str, str], shown: int = 0
) -> Question:
    """List or add up movements; where only some are wanted, through as many pages as that takes."""
    is_some, limit = query.direction or query.other or query.about, query.limit or _SHOWN
    wanted_in = partial(_wanted, query=query, abouts=_each(talk, query.about))
    bodies = yield from talk.look_through(
        "listTransactions",
        {**arguments, "limit": str(MAX_PAGE if is_some else limit)},
        _MAX_PAGES,
        lambda bodies: not (is_some and (query.is_sum or len(wanted_in(bodies)) < limit)),
    )
    wanted, token = wanted_in(bodies), bodies[-1].get("next_token") or ""
    moments = [movement["created_at"] for body in bodies for movement in body["transactions"]]
    since = bodies[-1].get("looked_back_to") or next(reversed(moments), "")
    day = talk.day_of(since) if token and since else ""
    if query.is_sum:
        return _sum(talk, query, wanted, day)
    wanted = wanted[: query.limit]
    token = "" if query.limit and len(wanted) == query.limit else token
    following, last = {**arguments, "next_token": token}, shown + len(wanted)
    talk.memory.more = partial(_told, talk, query, following, last) if token else None
    which = _which(talk, query)
    if not wanted and (token or shown):
        return talk.say("movements_none_since" if token else "no_more", which=which, day=day)
    head = talk.text("movements_head" if wanted else "movements_none", which=which)
    lines = talk.numbered((_line(talk, movement) for movement in wanted), shown)
    key = "movements_since" if "looked_at" in bodies[-1] else "more_available"
    return talk.lines([head, *lines, talk.text(key, day=day) if token else ""])


def _sum(talk: Talk, query: MovementsQuery, wanted: Sequence[Movement], day: str) -> Say:
    """Add movements up; what goes between the customer's own accounts is neither way."""
    memory, way, ends = talk.memory, query.direction, ("from_account", "to_account")
    own_ids = memory.known.own_accounts
    own = [m for m in wanted if not query.other and all(m.get(end) in own_ids for end in ends)]
    counted = [movement for movement in wanted if movement not in own][: query.limit]
    total = sum((Decimal(movement["amount"]) for movement in counted), Decimal(0))
    is_of_all = way == "debit" and counted and not (query.type or query.other)
    told = ["sum_counted"] if is_of_all else ["sum_own"] if own else []
    told += ["sum_bought"] if query.about and not counted else []
    told += ["sum_partial"] if day else []
    head = talk.text(f"sum_{way}", total=total, which=_which(talk, query), count=len(counted))
    return talk.lines([head, *(talk.text(key, day=day) for key in told)])


def _each(talk: Talk, about: str) -> list[frozenset[str]]:
    """Return the words of each of the reasons that a text joins: "medicinas y renta"."""
    said = talk.read(about)
    runs = groupby(range(len(said.tokens)), lambda place: said.match(place, "and") is None)
    each = ([*run] for is_reason, run in runs if is_reason)
    return [words_of(said.quote(one[0], one[-1] + 1)) for one in each] or [frozenset()]


def _wanted(
    bodies: Sequence[Mapping[str, Any]], query: MovementsQuery, abouts: Sequence[frozenset[str]]
) -> list[Movement]:
    """Return the movements that are asked for; what an account began with is neither way."""
    return [
        movement
        for body in bodies
        for movement in body["transactions"]
        if query.other in {movement.get("to_account"), movement.get("from_account"), ""}
        and any(about <= words_of(movement.get("description") or "") for about in abouts)
        and query.direction in {movement["direction"], ""}
        and not (query.direction and movement["type"] == "opening")
    ]


def _line(talk: Talk, movement: Mapping[str, Any]) -> str:
    """Return a movement: its day, amount, kind, the other account, and its description."""
    what = talk.text(f"type_{movement['type']}")
    is_debit = movement["direction"] == "debit"
    way = "to_account" if is_debit else "from_account"
    other = movement.get(way)
    if other in talk.memory.known.own_accounts or other in talk.memory.known.people:
        what = talk.text(way, type=what, account=talk.account(other))
    return talk.text(
        "movement_line",
        day=talk.day_of(movement["created_at"]),
        sign="-" if is_debit else "+",
        amount=Decimal(movement["amount"]),
        what=" · ".join(filter(None, (what, movement.get("description")))),
    )


def _which(talk: Talk, query: MovementsQuery) -> str:
    way = "which_from" if query.direction == "credit" else "which_to"
    type_ = talk.account(query.account)
    told = (
        query.other and talk.text(way, who=talk.account(query.other)),
        type_ and talk.text("which_account", account=type_),
        talk.days(query.span) if query.span else "",
        query.about and talk.text("which_about", about=query.about),
        talk.text(f"which_{query.direction}") if query.direction and not query.is_sum else "",
    )
    return "".join(told)
