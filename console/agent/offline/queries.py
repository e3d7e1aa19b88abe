"""What a question about movements asks for: which ones, of which account, of which days."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal
from zoneinfo import ZoneInfo

from console.agent.offline.accounts import account_type_in
from console.agent.offline.dates import Span, read_span
from console.agent.offline.numbers import SMALL
from console.agent.offline.text import Said

ZONE: Final = ZoneInfo("America/Mexico_City")
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
    is_sum: bool = False
    """Whether a total is asked for rather than a list."""

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
    return MovementsQuery(
        account_type=account_type_in(said),
        span=read_span(said, today(now)),
        type=_first(_TYPES, said),
        direction=_direction(said),
        limit=_limit(said),
        is_sum=_SUM.search(said.plain) is not None,
    )


def today(now: datetime) -> date:
    """Return the day in Mexico City."""
    return now.astimezone(ZONE).date()


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
    return datetime.combine(day, at, tzinfo=ZONE).isoformat()
