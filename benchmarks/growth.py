"""What grows with a customer's people and history, and with the catalogue.

    python -m benchmarks growth              # writes the section of docs/performance.md
    python -m benchmarks.growth --open-blind-set

Calls and read units are counted on the tables in memory, by DynamoDB's rules: they are the same on
every machine. Processor time is given as a ratio to one edit distance for each beneficiary,
measured in the same run.

The blind set of aliases was written by somebody who had not seen the resolver, and tells how it
does on phrases that it was not made for. It tells so only as long as nobody mends the resolver by
its failures: of this set counts are told. `--open-blind-set` lists its failures, on the day when a
new blind set takes its place.
"""

import io
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from pathlib import Path
from time import process_time
from typing import Any

from jellyfish import damerau_levenshtein_distance

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.resolving import MAX_PEOPLE, resolve
from benchmarks.plots import draw
from shared.observability import logger
from shared.starting import started
from tests.support.alias_cases import BLIND_SET, KNOWN_SET, SINGLE, Someone, ids_of, labelled_cases
from tests.support.dynamodb import StrictDynamoDB
from tests.support.tables import table_properties
from tests.support.world import SETTINGS, World, world_over

ROUNDS = 15
SEED = 20261122
PEOPLE = (5, 50, MAX_PEOPLE)
PHRASES = {
    "a relationship": "mi hermano",
    "a name with slips": "Juan Peres",
    "a name that nobody has": "Xochiquetzali Gonsales",
    "unknown words": "wxyzq plugh frotz",
    "20 words": "mi hermano juan carlos perez lopez garcia de la cruz y su prima maria fernanda "
    "hernandez gonzalez ruiz del norte",
}
PRODUCTS = (1_000, 10_000, 50_000)
RETAILERS = (6, 1_000)
RECORDS = (100, 10_000, 100_000)
NOTHING = "trompeta"

Table = Sequence[Sequence[object]]


@dataclass
class Quality:
    """How a labelled set was answered."""

    total: int = 0
    agreed: int = 0
    named: int = 0
    right: int = 0
    meant: int = 0
    failures: list[str] = field(default_factory=list)


def quality(cases_file: Path) -> Quality:
    """Answer each case of a labelled set."""
    found = Quality()
    for case in labelled_cases(cases_file):
        resolution = case.resolve()
        found.total += 1
        found.meant += case.answer in SINGLE
        found.named += resolution.person is not None
        found.right += case.is_right(resolution)
        if case.agrees(resolution):
            found.agreed += 1
        else:
            label, got = " ".join((case.answer, *case.ids)), ids_of(resolution)
            found.failures.append(f"{case.list_name}: {case.phrase!r} is {label}, got {got}")
    return found


def a_crowd() -> list[Someone]:
    """Return as many beneficiaries as a customer may have."""
    chance = random.Random(SEED)
    given = sorted(vocabulary.MALE_NAMES | vocabulary.FEMALE_NAMES)
    surnames = sorted(vocabulary.SURNAMES)
    return [
        Someone(
            str(number),
            " ".join((*chance.sample(given, 2), *chance.sample(surnames, 2))).title(),
            f"{chance.choice(given)} {number}",
            chance.choice(("brother", "friend", "cousin", "")),
        )
        for number in range(MAX_PEOPLE)
    ]


def seconds(action: Callable[[], object]) -> float:
    """Return the processor time that an action takes."""
    started = process_time()
    action()
    return process_time() - started


def distances(phrase: str, names: list[str]) -> list[int]:
    """Compare the phrase with each name once: the reference."""
    return [damerau_levenshtein_distance(phrase, name) for name in names]


@dataclass(frozen=True)
class Timed:
    """What resolving a phrase costs: a ratio to the reference with its spread; least time."""

    ratio: float
    low: float
    high: float
    ms: float

    def __str__(self) -> str:
        return f"{self.ratio:.1f} ({self.low:.1f} to {self.high:.1f}); {self.ms:.2f} ms"


def timed(phrase: str, people: list[Someone]) -> Timed:
    """Measure a phrase, with the reference between its rounds."""
    names = [person.name for person in people]
    taken = [
        (seconds(partial(resolve, phrase, people)), seconds(partial(distances, phrase, names)))
        for _ in range(ROUNDS)
    ]
    reference = statistics.median(one for _, one in taken)
    ratios = sorted(mine / reference for mine, _ in taken)
    quarter = len(ratios) // 4
    ms = 1000 * min(mine for mine, _ in taken)
    return Timed(statistics.median(ratios), ratios[quarter], ratios[-1 - quarter], ms)


class Meter:
    """Stands around the calls of a client, and adds up how many they are and what they read."""

    def __init__(self) -> None:
        self.calls = 0
        self.units = 0.0

    def __call__(self, operation: str, arguments: Any, call: Any) -> Any:
        """Carry out a call."""
        answer = call(arguments)
        self.calls += 1
        if operation == "BatchGetItem":
            [wanted] = arguments["RequestItems"].values()
            self.units += len(wanted["Keys"]) / 2
        else:
            self.units += answer.get("ConsumedCapacity", {"CapacityUnits": 1.0})["CapacityUnits"]
        return answer


@dataclass(frozen=True)
class Read:
    """One page: what it found, and what it cost."""

    body: dict[str, Any]
    calls: int
    units: float

    @property
    def cost(self) -> str:
        """What it cost, in words."""
        return f"{self.calls} calls and {self.units:g} units"


def a_bank() -> World:
    """Return an empty bank with a customer."""
    bank = world_over(StrictDynamoDB(table_properties()))
    bank.account("user-maria", "acc-maria", "100.00")
    return bank


def pages(bank: World, operation: str, **arguments: Any) -> Iterator[Read]:
    """Yield each page of a listing, to its end."""
    token: dict[str, Any] = {}
    while True:
        meter = bank.client.around = Meter()
        status, body = bank.call(operation, **arguments, **token)
        if status != HTTPStatus.OK:
            raise RuntimeError(body)
        yield Read(body, meter.calls, meter.units)
        if "next_token" not in body:
            bank.client.around = None
            return
        token = {"next_token": body["next_token"]}


def shelves(products: int, retailers: int) -> World:
    """Return a bank with a catalogue of that size, about 330 bytes a product as in the seeds."""
    bank = a_bank()
    categories = SETTINGS.catalogue_categories
    for number in range(retailers):
        bank.retailer(
            f"retailer-{number:04}",
            f"Tienda {number}",
            category="home",
            benefits_offered=["MSI", "cashback"],
            logo_url=f"https://cdn.example.com/logos/retailer-{number:04}.png",
        )
    for number in range(products):
        bank.product(
            f"p-{number:05}",
            name=f"Cable de {number % 9} metros",
            description="Trenzado, con puntas doradas y funda de tela; dura más que los demás. "
            "Para la casa y para la oficina.",
            category=categories[number % len(categories)],
            retailer_id=f"retailer-{number % retailers:04}",
        )
    return bank


def a_history(records: int) -> World:
    """Return a bank with a history of that length, of payments alone."""
    bank = a_bank()
    for number in range(records):
        day = f"{2016 + number % 10}-{number // 10 % 12 + 1:02}-{number // 120 % 28 + 1:02}"
        bank.transaction(
            "acc-maria",
            f"{day}T{number % 24:02}:{number // 24 % 60:02}:00.{number % 1000:03}Z",
            type="payment",
            transaction_id=f"01a1e790-a9e0-70ce-acf1-{number:012}",
            amount=Decimal("-189.00"),
            from_account="acc-maria",
            to_account="acc-electronica-azteca-checking",
            description="Compra",
        )
    return bank


def as_table(head: Sequence[str], rows: Table) -> str:
    """Return a Markdown table, all columns but the first to the right."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def spread(numbers: Sequence[float]) -> str:
    """Return the smallest and the largest of some numbers, or the one that all are."""
    low, high = min(numbers), max(numbers)
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def of_pages(read: Sequence[Read]) -> list[object]:
    """Return how many pages these are, and what the dearest of them cost."""
    cut = [page.body["looked_at"] for page in read if "looked_at" in page.body]
    return [
        len(read),
        max(page.calls for page in read),
        f"{max(page.units for page in read):g}",
        f"{sum(page.units for page in read):g}",
        spread(cut) if cut else "all",
    ]


def _crowd_asked_before() -> list[Someone]:
    crowd = a_crowd()
    for phrase in PHRASES.values():
        resolve(phrase, crowd)
    return crowd


def alias_section() -> str:
    """Return what aliases cost, and how often they are right."""
    crowd = started(_crowd_asked_before)
    figures = {
        what: [timed(phrase, crowd[:number]) for number in PEOPLE]
        for what, phrase in PHRASES.items()
    }
    picture = draw(
        "growth-aliases",
        "Resolving an alias",
        x="beneficiaries",
        y="least processor time, ms",
        curves={
            what: [(number, one.ms) for number, one in zip(PEOPLE, costs, strict=True)]
            for what, costs in figures.items()
        },
    )
    rows = []
    for name, file in (("known", KNOWN_SET), ("blind", BLIND_SET)):
        found = quality(file)
        rows.append(
            [
                name,
                found.total,
                found.agreed,
                f"{found.right}/{found.named}",
                f"{found.right}/{found.meant} = {found.right / found.meant:.1%}",
            ]
        )
    return f"""### Aliases

Processor time of resolving a phrase among so many beneficiaries, as a ratio to one edit distance
for each of them (median and quartiles of {ROUNDS} rounds), and in milliseconds (the fastest round).
Nothing of a customer is kept between two calls; what is known of words is. The first word that
nobody knows costs a process a few milliseconds more, once.

{as_table(["phrase", *(f"{n} people" for n in PEOPLE)], [[w, *c] for w, c in figures.items()])}

{picture}

How the labelled phrases are answered:

{as_table(["set", "cases", "as labelled", "named rightly", "of those meant"], rows)}
"""


def catalogue_section() -> str:
    """Return what searches cost by the size of the catalogue."""
    rows: list[Sequence[object]] = []
    for products in PRODUCTS:
        for retailers in RETAILERS:
            bank = shelves(products, retailers)
            read = list(pages(bank, "searchProducts", search=NOTHING))
            rows.append([f"{products:,}, {retailers:,} retailers", *of_pages(read)])
    bank = shelves(PRODUCTS[0], RETAILERS[-1])
    listed = next(pages(bank, "searchProducts", category="home"))
    again = next(pages(bank, "searchProducts", search=NOTHING))
    columns = ("catalogue", "pages", "calls a page", "units a page", "units", "products a page")
    return f"""### Search

A word that no product has, to the end of the catalogue. Calls and units are those of the dearest
page; a page that does not reach the end says how many products it looked at.

{as_table(columns, rows)}

Among {RETAILERS[-1]:,} retailers one page of a category costs {listed.cost}, the names read for it;
they are kept for a minute, and a search after it costs {again.cost}.
"""


def history_section() -> str:
    """Return what a history costs by its length."""
    rows: list[Sequence[object]] = []
    for records in RECORDS:
        bank = a_history(records)
        for whose, account in (("all accounts", {}), ("one account", {"account_id": "acc-maria"})):
            read = list(pages(bank, "listTransactions", type="deposit", **account))
            rows.append([f"{records:,} records, {whose}", *of_pages(read)])
    columns = ("history", "pages", "calls a page", "units a page", "units", "records a page")
    return f"""### History

Movements of a type that none has, to the end. A page that does not reach the end says since when it
looked. One account is read consistently, at twice the units.

{as_table(columns, rows)}
"""


def report() -> str:
    """Measure, and return the section."""
    logger.setLevel("ERROR")
    with redirect_stdout(io.StringIO()):  # the metrics of the operations
        parts = (alias_section(), catalogue_section(), history_section())
    return "\n".join(["## What grows\n", *parts])


if __name__ == "__main__":
    if sys.argv[1:] == ["--open-blind-set"]:
        print("\n".join(quality(BLIND_SET).failures))
    else:
        print(report())
