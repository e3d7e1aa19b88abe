"""What a question about movements asks for: which ones, of which account, of which days."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal

from console.agent.offline.accounts import account_type_in, accounts_in, is_somebody
from console.agent.offline.dates import Span, read_span
from console.agent.offline.numbers import SMALL
from console.agent.offline.text import Said, Token
from console.agent.offline.vocabulary import MONTHS, WEEKDAYS
from shared.clock import BANK_ZONE
from shared.text import word_set

MAX_PAGE: Final = 50

Direction = Literal["", "debit", "credit"]


@dataclass(frozen=True, slots=True)
class MovementsQuery:
    """Which movements are asked for; what is not said is empty."""

    account_type: str = ""
    account_id: str = ""
    span: Span | None = None
    type: str = ""
    direction: Direction = ""
    limit: int | None = None
    about: str = ""
    """A word that the description must have: "renta" in "¿cuánto gasté en renta?"."""
    payer: str = ""
    """Who sent the money, in the person's own words."""
    other_account: str = ""
    """Whose account is at the other end."""
    is_date_unread: bool = False
    """Whether days are spoken of that are none, or none that have been."""
    is_sum: bool = False
    """Whether a total is asked for rather than a list."""

    @property
    def is_filtered(self) -> bool:
        """Whether it wants only some of what the bank lists."""
        return bool(self.is_sum or self.direction or self.other_account or self.about)

    @property
    def needs_own_accounts(self) -> bool:
        """Whether it takes the customer's accounts to answer it."""
        return bool(self.account_type or self.is_sum or self.direction or self.payer)

    def dates(self) -> dict[str, str]:
        """Return the days as the bank takes them: moments in Mexico's time."""
        if self.span is None:
            return {}
        ends = (("from_date", self.span.first, time.min), ("to_date", self.span.last, _END_OF_DAY))
        return {name: _moment(day, at) for name, day, at in ends if day is not None}


_END_OF_DAY: Final = time(23, 59, 59)
_TYPES: Final = (
    (
        "deposit",
        r"depositos?|deposits?|nomina|sueldo|payroll|paycheck|salary",
    ),
    ("withdrawal", r"retir\w+|withdr\w+|cajero|saque|atm"),
    (
        "transfer",
        (
            r"transferencias?|transfers?|transferi\w*|transferred|mande|envie|spei|did i send|i "
            r"sent|have i sent"
        ),
    ),
    ("payment", r"pagos|payments|compras con|cargos|consumos|card payments"),
)
_DIRECTIONS: Final[tuple[tuple[Direction, str], ...]] = (
    (
        "credit",
        (
            r"ingresos?|recib\w+|received?|income|earned|me (?:han |ha )?(?:deposit|pag|"
            r"lleg|cay|entr|"
            r"transfir|mand|envi|abon)\w*|"
            r"entradas|cobre|que me (?:mand|envi|hic)\w*|recibidas|got paid"
        ),
    ),
    (
        "debit",
        (
            r"gast\w+|spent|spend\w*|expens\w*|egresos?|cargos?|salidas|en que se|hice|mande|"
            r"transferi|envie|pague|"
            r"did i (?:send|transfer|pay)|que hice|enviadas|where did|i sent|i paid|charges?"
        ),
    ),
)
_SUM: Final = re.compile(r"(?<!\w)(?:cuanto|cuanta|how much|total|suma|sumame)(?!\w)")
_LIMIT: Final = re.compile(
    rf"(?:ultim[oa]s|last|recent|primer[oa]s|latest|past|mas recientes|dame|muestrame|ver|show me|"
    rf"los|my) (?:mis |los |my )?(?P<a>[0-9]{{1,3}}|{'|'.join(SMALL)})"
    r"(?! ?(?:dias?|semanas?|mes|meses|anos?|days?|weeks?|months?|years?|horas?|hours?|quincenas?|"
    r"de (?:ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic))\w*)(?!\w)"
    rf"|(?<!\w)(?P<b>[0-9]{{1,3}}|{'|'.join(SMALL)}) (?:ultim[oa]s|most recent|movimientos|"
    rf"transacciones|transactions|movements)"
)
_LAST_ONE: Final = re.compile(
    r"(?:mi|el|la|my|the) (?:ultim[oa]|last|most recent|latest) "
    r"(?:movimiento|transaccion|transferencia|deposito|retiro|gasto|pago|transaction|transfer|"
    r"deposit|payment|withdrawal|expense)(?!\w)"
)


def read_query(said: Said, now: datetime) -> MovementsQuery:
    """Return which movements a message asks for."""
    span = read_span(said, today(now))
    payer = _payer(said)
    return MovementsQuery(
        account_type=account_type_in(said),
        span=span,
        type="" if payer else _first(_TYPES, said),
        direction="credit" if payer else _direction(said),
        about=_about(said, span),
        payer=payer,
        is_date_unread=span is None and not _DAYS.isdisjoint(t.word for t in said.tokens),
        limit=_limit(said),
        is_sum=_SUM.search(said.plain) is not None,
    )


def today(now: datetime) -> date:
    """Return the day in Mexico City."""
    return now.astimezone(BANK_ZONE).date()


def _payer(said: Said) -> str:
    """Return who is said to have sent money: "¿cuánto me mandó mi hermano?"."""
    matches = (found for pattern in _PAYERS for found in pattern.finditer(said.plain))
    for found in matches:
        tokens = said.tokens_at(*found.span("who"))
        if any(is_somebody(said.tokens[index]) for index in tokens):
            return said.quote(tokens.start, tokens.stop)
    return ""


def _about(said: Said, span: Span | None) -> str:
    """Return what money is said to have been spent on, where it is a word of its own."""
    taken = {index for account in accounts_in(said) for index in account.tokens}
    taken |= set(said.tokens_at(span.start, span.end)) if span is not None else set()
    if _SPENDING.search(said.plain) is None:
        return ""
    for found in _ABOUT.finditer(said.plain):
        tokens = said.tokens_at(*found.span("about"))
        if taken.isdisjoint(tokens) and not _is_time(said.tokens[tokens.start]):
            return said.quote(tokens.start, tokens.stop)
    return ""


def _is_time(token: Token) -> bool:
    return token.is_number or token.word in _DAYS | _NO_TOPICS


_PERSON: Final = r"(?:(?:mi|el|la|my|the|don|dona) )?\w+"
_SENT: Final = r"(?:deposit|mand|pag|transf|envi|pas|abon|presto)\w*"
_PAYERS: Final = tuple(
    re.compile(rf"(?<!\w){pattern}")
    for pattern in (
        rf"me (?:ha |han )?{_SENT} (?P<who>{_PERSON})",
        rf"(?P<who>{_PERSON}) (?:(?:ya|no|si) )*me (?:ha |han )?{_SENT}",
        rf"(?:did|has) (?P<who>{_PERSON}) (?:send|sent|pay|paid|transfer\w*|deposit\w*) (?:to )?me",
        rf"(?P<who>{_PERSON}) sent me",
    )
)
_SPENDING: Final = re.compile(r"(?<!\w)(?:gast\w+|pag(?:ue|ado|amos)|spen[dt]\w*|paid)(?!\w)")
_ABOUT: Final = re.compile(
    r"(?<!\w)(?:en|de|por|on|for|at) (?:(?:la|el|los|las|mi|mis|the|my) )?(?P<about>\w+)"
)
_DAYS: Final = frozenset(
    {name for name in (*MONTHS, *WEEKDAYS) if len(name) > len("sept")}
    | word_set("manana tomorrow proximo proxima siguiente next")
) - {"march"}
_NO_TOPICS: Final = word_set(
    "todo total que cuenta cheques ahorro tarjeta credito debito semana mes ano quincena dia dias "
    "mas menos hoy ayer antier este esta estos estas ultimos ultimas ultima ultimo meses semanas "
    "pasado "
    "pasada finde fin week month year day last this all everything average it transferencias "
    "retiros pagos compras money"
)


def _direction(said: Said) -> Direction:
    return next((d for d, pattern in _DIRECTIONS if _has(pattern, said)), "")


def _first(table: tuple[tuple[str, str], ...], said: Said) -> str:
    found = [name for name, pattern in table if _has(pattern, said)]
    return found[0] if len(found) == 1 else ""


def _has(pattern: str, said: Said) -> bool:
    return re.search(rf"(?<!\w)(?:{pattern})(?!\w)", said.plain) is not None


def _limit(said: Said) -> int | None:
    found = _LIMIT.search(said.plain)
    if found is None:
        return 1 if _LAST_ONE.search(said.plain) else None
    count = found["a"] or found["b"]
    number = int(count) if count.isdigit() else SMALL[count]
    return number if 0 < number <= MAX_PAGE else None


def _moment(day: date, at: time) -> str:
    return datetime.combine(day, at, tzinfo=BANK_ZONE).isoformat()
