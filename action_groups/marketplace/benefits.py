"""What the benefits of a product cost and give: MSI, cashback and points, in exact pesos.

A retailer writes each benefit of a product as a map, or as a short text:

- `{"type": "MSI", "months": [3, 6, 12]}` or "12 MSI": the total in equal monthly instalments
  without interest. Each is rounded down to the centavo, and the last one takes the centavos that
  are left over, so that they sum to the total exactly.
- `{"type": "cashback", "percent": 5, "maximum": 500}` or "5% cashback": pesos given back, rounded
  down to the centavo, `maximum` pesos at most.
- `{"type": "points", "points_per_peso": 2, "peso_per_point": 0.01, "maximum": 5000}` or "2 puntos
  por peso": whole points, rounded down, `maximum` points at most. What a point is worth may be
  unstated.

Any map may have `minimum_purchase` (pesos) and `valid_from` and `valid_until` (days of the bank,
both included; of a moment with an offset, its day there). What cannot be read, or lacks its
figures, is never guessed: it is not eligible. Nor is what has a figure, a day or a list under any
other name, which may be a condition; words under other names only describe.

MSI is worth 0 pesos here: what paying later is worth depends on an interest rate that nobody has
stated. So options are compared by the pesos that they give back, and where those are equal by how
little they ask for a month.

Longer than 400 lines: how a benefit is read, computed, compared and refused is one set of rules.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Context, Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import Any, ClassVar, Final, NamedTuple
from zoneinfo import ZoneInfo

from action_groups.marketplace.errors import TotalTooLarge
from action_groups.marketplace.models import BenefitOption, BestOption, ReasonCode
from action_groups.marketplace.store import Product
from shared.clock import BANK_ZONE, day_of
from shared.money import CENTAVO, MAX_AMOUNT
from shared.payments import MAX_RATE
from shared.text import fold

MSI, CASHBACK, POINTS, UNKNOWN = "MSI", "cashback", "points", "unknown"

MAX_TERMS: Final = 20
"""How many benefits of one product are looked at."""
MIN_MONTHS, MAX_MONTHS = 2, 60
_MONTHS: Final = frozenset(range(MIN_MONTHS, MAX_MONTHS + 1))
MAX_SHOWN_CHARACTERS: Final = 60
"""Of a retailer's own text."""
_MAX_KEPT, _MAX_KEPT_CHARACTERS = 256, 512
"""How many written benefits are remembered, and how long each may be as text."""

_NOTHING: Final = Decimal("0.00")
_PERCENT: Final = Decimal(100)
_EXACT: Final = Context(prec=64, rounding=ROUND_DOWN)
"""Has room for an amount times a rate with all the digits that DynamoDB keeps."""


class _Unreadable(ValueError):
    """A benefit cannot be read; the message is a sentence that says why."""


class Figures(NamedTuple):
    """What an offer costs and gives for one total; what does not apply is None."""

    value: Decimal
    cost_per_month: Decimal
    months: int | None = None
    monthly_payment: Decimal | None = None
    last_payment: Decimal | None = None
    cashback: Decimal | None = None
    points: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether the total is too small for the offer to mean anything."""
        return not (self.monthly_payment or self.cashback or self.points)


@dataclass(frozen=True, slots=True)
class Instalments:
    """Equal monthly instalments without interest ("meses sin intereses")."""

    type: ClassVar[str] = MSI
    months: int

    @property
    def benefit(self) -> str:
        """The text by which a purchase chooses it."""
        return f"{MSI}-{self.months}"

    @property
    def label(self) -> str:
        """What an agent calls it."""
        return f"{self.months} {MSI}"

    def figures(self, total: Decimal) -> Figures:
        """Divide the total; the instalments sum to it exactly."""
        monthly = _down(total / self.months)
        return Figures(
            value=_NOTHING,
            cost_per_month=monthly,
            months=self.months,
            monthly_payment=monthly,
            last_payment=total - monthly * (self.months - 1),
        )


@dataclass(frozen=True, slots=True)
class Cashback:
    """A part of the total that is given back."""

    type: ClassVar[str] = CASHBACK
    benefit: ClassVar[str] = CASHBACK
    percent: Decimal
    maximum: Decimal | None = None

    @property
    def label(self) -> str:
        """What an agent calls it."""
        return f"{_plain(self.percent)} % cashback"

    def figures(self, total: Decimal) -> Figures:
        """Return what is given back, to the centavo."""
        share = _EXACT.divide(_EXACT.multiply(total, self.percent), _PERCENT)
        cashback = _down(_at_most(share, self.maximum))
        return Figures(value=cashback, cost_per_month=total, cashback=cashback)


@dataclass(frozen=True, slots=True)
class Points:
    """Points for the pesos paid; what one is worth may be unknown."""

    type: ClassVar[str] = POINTS
    benefit: ClassVar[str] = POINTS
    points_per_peso: Decimal
    peso_per_point: Decimal | None = None
    maximum: Decimal | None = None

    @property
    def label(self) -> str:
        """What an agent calls it."""
        plural = "" if self.points_per_peso == 1 else "s"
        return f"{_plain(self.points_per_peso)} punto{plural} por peso"

    def figures(self, total: Decimal) -> Figures:
        """Return the whole points, and what they are worth to the centavo."""
        points = int(_at_most(_EXACT.multiply(total, self.points_per_peso), self.maximum))
        value = _down(_EXACT.multiply(points, self.peso_per_point or _NOTHING))
        return Figures(value=value, cost_per_month=total, points=points)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What a retailer wrote that is no offer, and a sentence that says why."""

    benefit: ClassVar[None] = None
    type: str
    label: str
    problem: str


Offer = Instalments | Cashback | Points


class Term(NamedTuple):
    """An offer, or what could not be read, with its conditions."""

    offer: Offer | Unreadable
    minimum_purchase: Decimal = _NOTHING
    valid_from: date = date.min
    valid_until: date = date.max

    def is_in_force(self, day: date) -> bool:
        """Tell whether the day lies within the days of the term."""
        return self.valid_from <= day <= self.valid_until

    @property
    def label(self) -> str:
        """What an agent says of the term before any product is chosen; may be empty."""
        if not self.minimum_purchase:
            return self.offer.label
        return f"{self.offer.label} desde {_pesos(self.minimum_purchase)} pesos"


class Basket(NamedTuple):
    """What is to be bought, and what decides which benefits apply to it.

    `credit` is what one active credit account of the customer can still pay, None without one: the
    account that pays, when that is known, and otherwise the account with the most.
    """

    total: Decimal
    quantity: int
    stock: int
    today: date
    credit: Decimal | None


def total_of(product: Product, quantity: int) -> Decimal:
    """Return price times quantity. Raises TotalTooLarge above what one movement may carry."""
    total = product.price * quantity
    if total > MAX_AMOUNT:
        raise TotalTooLarge("The total is above what one purchase may cost: buy fewer at a time.")
    return total


# --- Reading ---------------------------------------------------------------------------------


def terms_of(product: Product, zone: ZoneInfo = BANK_ZONE) -> list[Term]:
    """Return the benefits of a product, one for each number of months, `MAX_TERMS` at most.

    `zone` is the bank's, in which a moment has its day.
    """
    terms = (_kept_terms(written, zone) for written in product.benefits)
    return list(islice(chain.from_iterable(terms), MAX_TERMS))


@lru_cache(maxsize=256)
def parse_choice(text: str) -> str | None:
    """Return the `benefit` that a text such as "MSI-12", "12 MSI" or "Cashback" chooses.

    None when it chooses none: it is no benefit, or MSI without one number of months.
    """
    given = _map_of(text)
    kind = _type_of(given)
    if kind != MSI:
        return None if kind == UNKNOWN else kind
    try:
        [months] = _months(given)
    except ValueError:
        return None
    return Instalments(months).benefit


def labels_of(terms: Iterable[Term], day: date) -> list[str]:
    """Return what an agent may say of the terms in force on this day, before one is chosen."""
    labels = (term.label for term in terms if term.is_in_force(day))
    return list(dict.fromkeys(filter(None, labels)))


_TYPES: Final = {
    "msi": MSI,
    "meses sin intereses": MSI,
    "cashback": CASHBACK,
    "points": POINTS,
    "puntos": POINTS,
}
_NUMBER: Final = r"\d{1,9}(?:\.\d{1,4})?"
_NUMBERS: Final = r"\d{1,3}(?:(?: ?[,/] ?| [yo] )\d{1,3})*"
_SHORT_TEXTS: Final = tuple(
    (kind, figure, re.compile(pattern))
    for kind, figure, pattern in (
        (MSI, "months", rf"(?:(?P<figure>{_NUMBERS}) )?(?:msi|meses sin intereses)"),
        (MSI, "months", rf"(?:msi|meses sin intereses) (?P<figure>{_NUMBERS})"),
        (CASHBACK, "percent", rf"(?:(?P<figure>{_NUMBER}) ?% (?:de )?)?cashback"),
        (CASHBACK, "percent", rf"cashback (?:de )?(?P<figure>{_NUMBER}) ?%"),
        (POINTS, "points_per_peso", rf"(?P<figure>{_NUMBER}) (?:puntos?|points?) (?:por|per) peso"),
        (POINTS, "points_per_peso", r"(?:puntos|points)(?P<figure>)"),
    )
)
"""Every way of writing a benefit as a text: its type, and its one figure if it has one."""


def _map_of(text: str) -> dict[str, Any]:
    """Return what a short text says in the form of a map; empty when it is no benefit."""
    plain = " ".join(fold(text).replace("-", " ").split())
    for kind, figure, pattern in _SHORT_TEXTS:
        found = pattern.fullmatch(plain)
        if found:
            return {"type": kind, figure: found["figure"] or None}
    return {}


_OF_ANY: Final = frozenset({"type", "minimum_purchase", "valid_from", "valid_until"})
_FIELDS: Final = {
    MSI: _OF_ANY | {"months"},
    CASHBACK: _OF_ANY | {"percent", "maximum"},
    POINTS: _OF_ANY | {"points_per_peso", "peso_per_point", "maximum"},
}


_read_before: Final[dict[tuple[str, ZoneInfo], tuple[Term, ...]]] = {}
"""Terms by all that a retailer wrote, as text: to Python, `True` equals 1."""


def _kept_terms(written: Any, zone: ZoneInfo) -> tuple[Term, ...]:
    """Return the terms of one benefit: the same one is of many products, which are read often."""
    text = repr(written)
    terms = _read_before.get((text, zone))
    if terms is None:
        terms = tuple(_terms(written, zone))
        if len(text) <= _MAX_KEPT_CHARACTERS and len(_read_before) < _MAX_KEPT:
            _read_before[text, zone] = terms
    return terms


def _terms(written: Any, zone: ZoneInfo) -> Iterator[Term]:
    label = " ".join(written.split())[:MAX_SHOWN_CHARACTERS] if isinstance(written, str) else ""
    given = _map_of(written) if isinstance(written, str) else written
    given = given if isinstance(given, Mapping) else {}
    try:
        yield from _read(given, zone)
    except _Unreadable as error:
        problem = f"The retailer writes: {label}. {error}" if label else str(error)
        yield Term(Unreadable(_type_of(given), label, problem))


def _read(given: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Term]:
    """Yield the terms that a map states. Raises _Unreadable."""
    kind = _type_of(given)
    if kind == UNKNOWN:
        raise _Unreadable("This is no benefit that the bank can read.")
    for name in sorted(given.keys() - _FIELDS[kind]):
        if not _only_describes(given[name]):
            shown = name[:MAX_SHOWN_CHARACTERS]
            raise _Unreadable(f"It has a `{shown}`, and the bank does not know what that limits.")
    offers: Sequence[Offer]
    if kind == MSI:
        offers = [Instalments(months) for months in _months(given)]
    elif kind == CASHBACK:
        offers = [Cashback(_needed(given, "percent", _PERCENT), _most(given))]
    else:
        rate = _needed(given, "points_per_peso", MAX_RATE)
        worth = _number(given, "peso_per_point", MAX_RATE)
        offers = [Points(rate, worth, _most(given))]
    minimum = _number(given, "minimum_purchase") or _NOTHING
    first = _day(given, "valid_from", zone) or date.min
    last = _day(given, "valid_until", zone) or date.max
    for offer in offers:
        yield Term(offer, minimum, first, last)


def _only_describes(written: Any) -> bool:
    """Tell whether a value is words, or nothing."""
    if not isinstance(written, str):
        return written is None
    try:
        datetime.fromisoformat(written)
    except ValueError:
        return any(map(str.isalpha, written)) or not written
    return False


def _type_of(given: Mapping[str, Any]) -> str:
    kind = given.get("type")
    return _TYPES.get(" ".join(fold(kind).split()), UNKNOWN) if isinstance(kind, str) else UNKNOWN


def _months(given: Mapping[str, Any]) -> list[int]:
    """Return the numbers of months, fewest first. Raises _Unreadable without any."""
    written = given.get("months")
    texts = written if isinstance(written, (list, set)) else re.split(r"[,/yo]", str(written or ""))
    numbers = [number for number in map(_decimal, texts) if number in _MONTHS]
    if not texts or len(numbers) < len(texts):
        raise _Unreadable(f"It does not say for how many months, {MIN_MONTHS} to {MAX_MONTHS}.")
    return sorted({*map(int, numbers)})


def _needed(given: Mapping[str, Any], name: str, maximum: Decimal) -> Decimal:
    number = _number(given, name, maximum)
    if not number:
        raise _Unreadable(f"It does not say how much it gives: the retailer left out `{name}`.")
    return number


def _most(given: Mapping[str, Any]) -> Decimal | None:
    """Return the most that is given; None for no bound. Raises _Unreadable for nothing at all."""
    most = _number(given, "maximum")
    if most == 0:
        raise _Unreadable("Its `maximum` is nothing.")
    return most


def _number(given: Mapping[str, Any], name: str, maximum: Decimal = MAX_AMOUNT) -> Decimal | None:
    """Return a number, or None when there is none. Raises _Unreadable for one below zero."""
    written = given.get(name)
    if written is None:
        return None
    number = _decimal(written)
    if number is None or not 0 <= number <= maximum:
        raise _Unreadable(f"Its `{name}` cannot be read.")
    return number


def _decimal(written: Any) -> Decimal | None:
    if isinstance(written, str) and re.fullmatch(_NUMBER, written.strip(), re.ASCII):
        return Decimal(written.strip())
    return written if isinstance(written, Decimal) else None


def _day(given: Mapping[str, Any], name: str, zone: ZoneInfo) -> date | None:
    """Return a day, of a moment its day there. Raises _Unreadable for what has none."""
    written = given.get(name)
    if written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
        return moment.date() if moment.tzinfo is None else day_of(moment, zone)
    except (TypeError, ValueError, OverflowError):
        raise _Unreadable(f"Its `{name}` is no date.") from None


# --- Comparing -------------------------------------------------------------------------------


def option_for(term: Term, basket: Basket) -> BenefitOption:
    """Return what the term costs and gives for the basket, and whether it can be had."""
    offer = term.offer
    if isinstance(offer, Unreadable):
        return BenefitOption(
            type=offer.type, eligible=False, reason=offer.problem, reason_code="UNREADABLE"
        )
    figures = offer.figures(basket.total)
    obstacle = next(_obstacles(term, figures, basket), None)
    return BenefitOption(
        type=offer.type,
        benefit=offer.benefit,
        eligible=obstacle is None,
        reason=obstacle.reason if obstacle else None,
        reason_code=obstacle.code if obstacle else None,
        **figures._asdict(),
    )


def options_for(terms: Iterable[Term], basket: Basket) -> list[BenefitOption]:
    """Return one option for each benefit, eligible ones first and the best of them first.

    Of several terms for one benefit, such as last month's and this month's cashback, the best
    that can be had counts.
    """
    unique: dict[tuple[str, str | None], BenefitOption] = {}
    for option in sorted((option_for(term, basket) for term in terms), key=_rank):
        unique.setdefault((option.type, option.benefit or option.reason), option)
    return list(unique.values())


def best_of(options: Sequence[BenefitOption], total: Decimal) -> BestOption | None:
    """Return which of the eligible options to recommend, and why; None without any."""
    eligible = sorted((option for option in options if option.eligible), key=_rank)
    if not eligible:
        return None
    best, *others = eligible
    return BestOption(benefit=str(best.benefit), reason=_why(best, others, total))


_PREFERENCE: Final = (CASHBACK, POINTS, MSI, UNKNOWN)
"""Between options of one value: money before points."""


def _rank(option: BenefitOption) -> tuple[Any, ...]:
    """Order options: more pesos back first, then fewer pesos a month, then `_PREFERENCE`."""
    if not option.eligible or option.value is None:
        return (1,)
    return (
        0,
        -option.value,
        option.cost_per_month,
        _PREFERENCE.index(option.type),
        option.months or 0,
    )


class _Obstacle(NamedTuple):
    code: ReasonCode
    reason: str
    """In a sentence."""


def _obstacles(term: Term, figures: Figures, basket: Basket) -> Iterator[_Obstacle]:
    """Yield why the term cannot be had, what matters most first."""
    if not basket.stock:
        yield _Obstacle("OUT_OF_STOCK", "The product is sold out.")
    if basket.quantity > basket.stock:
        yield _Obstacle(
            "OUT_OF_STOCK", f"The retailer has only {basket.stock} of the product left."
        )
    if basket.today < term.valid_from:
        yield _Obstacle("NOT_YET_VALID", f"It begins on {term.valid_from}.")
    if basket.today > term.valid_until:
        yield _Obstacle("EXPIRED", f"It ended on {term.valid_until}.")
    if basket.total < term.minimum_purchase:
        least = _pesos(term.minimum_purchase)
        yield _Obstacle("BELOW_MINIMUM", f"It needs a purchase of at least {least} pesos.")
    if figures.is_nothing:
        yield _Obstacle("TOTAL_TOO_SMALL", "The total is too small for it.")
    if term.offer.type == MSI:
        yield from _credit_obstacles(basket)


def _credit_obstacles(basket: Basket) -> Iterator[_Obstacle]:
    if basket.credit is None:
        yield _Obstacle(
            "NEEDS_CREDIT_ACCOUNT",
            "MSI is paid from an active credit account, and the customer has none.",
        )
    elif basket.credit < basket.total:
        yield _Obstacle(
            "INSUFFICIENT_CREDIT",
            f"No active credit account of the customer has {_pesos(basket.total)} pesos left.",
        )


def _why(best: BenefitOption, others: Sequence[BenefitOption], total: Decimal) -> str:
    beside = _msi_beside(best, others, total)
    return f"{best.benefit} {_gift(best)}, {_compared(best, others)}{beside}."


def _msi_beside(best: BenefitOption, others: Sequence[BenefitOption], total: Decimal) -> str:
    msi = next((other for other in others if other.type == MSI), None)
    if best.type == MSI or msi is None:
        return ""
    return (
        f"; {msi.benefit} gives nothing back, but asks {msi.monthly_payment} pesos a month "
        f"instead of {_pesos(total)} at once"
    )


def _gift(best: BenefitOption) -> str:
    if best.type == MSI:
        return f"asks {best.monthly_payment} pesos a month without interest"
    if best.type == CASHBACK:
        return f"gives {best.cashback} pesos back"
    worth = f"worth {best.value} pesos" if best.value else "whose worth the retailer does not state"
    return f"gives {best.points} points, {worth}"


def _compared(best: BenefitOption, others: Sequence[BenefitOption]) -> str:
    if not others:
        return "and is the only benefit that can be chosen"
    if best.type == MSI:
        return "the least that can be chosen, and no other benefit is known to give pesos back"
    if others[0].value == best.value:
        return "as much as the points are worth, and in money"
    return "more than any other benefit"


# --- Arithmetic ------------------------------------------------------------------------------


def _down(amount: Decimal) -> Decimal:
    return amount.quantize(CENTAVO, ROUND_DOWN)


def _at_most(amount: Decimal, maximum: Decimal | None) -> Decimal:
    return amount if maximum is None else min(amount, maximum)


def _pesos(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _plain(number: Decimal) -> str:
    """Write a rate without an exponent and without zeros at its end."""
    return f"{number.normalize():f}"
