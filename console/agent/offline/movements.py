"""Movements: listed or added up, of an account, of days, of somebody, of what they were for."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from console.agent.brain import CallOutcome, Say
from console.agent.language import Language
from console.agent.offline.memory import Page
from console.agent.offline.queries import MAX_PAGE, MovementsQuery
from console.agent.offline.talk import Flow, Step, Talk
from console.agent.offline.text import words_of
from console.agent.wording import money
from shared.clock import BANK_ZONE

_MAX_PAGES: Final = 6
_SHOWN: Final = 10
_MONTHS: Final[Mapping[Language, Sequence[str]]] = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


@dataclass
class _Found:
    """Movements that were read, and whether there are more."""

    movements: list[Mapping[str, Any]] = field(default_factory=list)
    token: str = ""
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
    yield from _read_and_tell(talk, query)


def _read_and_tell(talk: Talk, query: MovementsQuery) -> Flow:
    limit = MAX_PAGE if query.is_filtered else query.limit or _SHOWN
    arguments = {
        "account_id": query.account_id,
        "type": query.type,
        "limit": str(limit),
        **query.dates(),
    }
    found = yield from _read(talk, query, arguments)
    if query.is_sum:
        yield talk.lines(_sum_lines(talk, query, found))
        return
    shown = found.movements[: query.limit]
    _remember_page(talk, arguments, found.token if query.limit is None else "", len(shown))
    yield talk.lines(_movement_lines(talk, shown, 0))


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
        is_enough = not query.is_sum and len(found.movements) >= (query.limit or _SHOWN)
        if not found.token or not query.is_filtered or is_enough:
            break
    return found


def _remember_page(talk: Talk, arguments: Mapping[str, str], token: str, shown: int) -> None:
    page = Page("listTransactions", {**arguments, "next_token": token}, shown)
    talk.memory.page = page if token else None


def more_movements(talk: Talk, page: Page) -> Flow:
    """Show the next of the movements last shown."""
    found = yield from _read(talk, talk.memory.query, page.arguments)
    _remember_page(talk, page.arguments, found.token, page.shown + len(found.movements))
    yield talk.lines(_movement_lines(talk, found.movements, page.shown))


def _is_wanted(movement: Mapping[str, Any], query: MovementsQuery) -> bool:
    ends = {movement.get("to_account"), movement.get("from_account")}
    if query.other_account and query.other_account not in ends:
        return False
    if not words_of(query.about) <= words_of(movement.get("description") or ""):
        return False
    return not query.direction or movement["direction"] == query.direction


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
        yield talk.text("sum_partial")


def _movement_lines(talk: Talk, shown: Sequence[Mapping[str, Any]], before: int) -> Iterator[str]:
    which = _which(talk, talk.memory.query)
    yield talk.text("movements_head" if shown else "movements_none", which=which)
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


def _which(talk: Talk, query: MovementsQuery, *, tells_way: bool = True) -> str:
    """Return which movements they are: of which account, of which days, which way."""
    parts = []
    if query.other_account:
        key = "which_from" if query.direction == "credit" else "which_to"
        parts.append(talk.text(key, who=talk.account(query.other_account)))
    if query.account_type:
        parts.append(talk.text("which_account", account=talk.account_type(query.account_type)))
    if query.span is not None:
        first, last = query.span.first, query.span.last
        key = "which_since" if last is None else "which_until" if first is None else "which_days"
        key = "which_day" if first == last else key
        parts.append(talk.text(key, first=_written(talk, first), last=_written(talk, last)))
    if query.about:
        parts.append(talk.text("which_about", about=query.about))
    if query.direction and tells_way:
        parts.append(talk.text(f"which_{query.direction}"))
    return "".join(parts)


def _written(talk: Talk, day: date | None) -> str:
    if day is None:
        return ""
    month = _MONTHS[talk.language][day.month - 1]
    is_this_year = day.year == talk.clock().astimezone(BANK_ZONE).year
    return f"{day.day} {month}" if is_this_year else f"{day.day} {month} {day.year}"


def day_of(talk: Talk, moment: str) -> str:
    """Return the day in Mexico of a moment of the bank, as it is written."""
    return _written(talk, datetime.fromisoformat(moment).astimezone(BANK_ZONE).date())
