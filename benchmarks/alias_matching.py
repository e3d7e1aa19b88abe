"""How often alias resolution is right on the labelled sets, and what a resolution costs.

Run from the root of the checkout: python -m benchmarks.alias_matching

The blind set was written by somebody who had not seen the resolver, and tells how it does on
phrases that it was not made for. It tells so only as long as nobody mends the resolver by its
failures: of this set counts are printed, its failures are not. `--open-blind-set` lists them, on
the day when a new blind set takes its place.

The time is given as a ratio to one edit distance per beneficiary over the same list, measured in
the same run, because seconds differ between machines.
"""

import argparse
import random
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

import yaml
from jellyfish import damerau_levenshtein_distance

from action_groups.crm.aliases import vocabulary
from action_groups.crm.aliases.folding import index_key
from action_groups.crm.aliases.resolving import MAX_PEOPLE, resolve

ROOT = Path(__file__).parents[1]
KNOWN_SET = ROOT / "tests" / "data" / "alias_cases.yaml"
BLIND_SET = ROOT / "tests" / "data" / "alias_cases_blind.yaml"
SINGLE = ("exact", "fuzzy")
ROUNDS = 15
SEED = 20261122
PHRASES = ("mi hermano", "Juan Peres", "Xochiquetzali Gonsales", "el hermano de Juan y Ana")


@dataclass(frozen=True)
class Someone:
    """A beneficiary of a labelled list."""

    beneficiary_id: str
    name: str = ""
    alias: str = ""
    relationship: str = ""


def report_quality(cases_file: Path, *, lists_failures: bool) -> None:
    """Print precision and recall of single matches, and each case that is not as labelled."""
    document = yaml.safe_load(cases_file.read_text(encoding="utf-8"))
    print(f"{cases_file.name}{'' if lists_failures else ' (failures not listed, on purpose)'}")
    total = agreed = named = right = meant = 0
    for list_name, phrases in document["cases"].items():
        people = [
            Someone(identifier, *(field.strip() for field in fields.split("|")))
            for identifier, fields in document["people"][list_name].items()
        ]
        for phrase, label in phrases.items():
            answer, *ids = label.split()
            key = index_key(phrase)
            hits = [person for person in people if key and index_key(person.alias) == key]
            resolution = resolve(phrase, people, exact=hits)
            found = {candidate.person.beneficiary_id for candidate in resolution.candidates}
            is_named = resolution.person is not None
            total += 1
            meant += answer in SINGLE
            named += is_named
            right += is_named and answer in SINGLE and found == set(ids)
            if resolution.match == answer and set(ids) <= found:
                agreed += 1
            elif lists_failures:
                print(f"  {list_name}: {phrase!r} is {label}, got {resolution.match} {found}")
    print(f"  cases: {total}, answered as labelled: {agreed}")
    print(f"  precision of single matches: {right}/{named} = {right / named:.2%}")
    print(f"  recall of single matches: {right}/{meant} = {right / meant:.2%}")


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


def median_seconds(action: Callable[[], object]) -> float:
    """Return the median time of an action."""
    times = []
    for _ in range(ROUNDS):
        started = perf_counter()
        action()
        times.append(perf_counter() - started)
    return statistics.median(times)


def distances(phrase: str, names: list[str]) -> list[int]:
    """Compare the phrase with each name once: the reference."""
    return [damerau_levenshtein_distance(phrase, name) for name in names]


def report_time() -> None:
    """Print what a resolution costs among five and among the most beneficiaries."""
    crowd = a_crowd()
    for people in (crowd[:5], crowd):
        names = [person.name for person in people]
        for phrase in PHRASES:
            taken = median_seconds(partial(resolve, phrase, people))
            reference = median_seconds(partial(distances, phrase, names))
            print(
                f"{len(people):3} people, {phrase!r}: {taken * 1000:.2f} ms, "
                f"{taken / reference:.0f} times one edit distance per name"
            )


def report_import() -> None:
    """Print what importing the parts of the matcher costs in a new process."""
    program = (
        "import time, dataclasses, typing, unicodedata, re; start = time.perf_counter(); "
        "import jellyfish; middle = time.perf_counter(); "
        "import importlib.util as util, sys, types; "
        "sys.modules['action_groups.crm'] = package = types.ModuleType('action_groups.crm'); "
        "package.__path__ = ['action_groups/crm']; "
        "import action_groups.crm.aliases.resolving, action_groups.crm.aliases.choosing; "
        "end = time.perf_counter(); "
        "print(f'import: jellyfish {(middle - start) * 1000:.1f} ms, "
        "aliases with their vocabulary {(end - middle) * 1000:.1f} ms')"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open-blind-set", action="store_true", help="list its failures too")
    opens_blind_set = parser.parse_args().open_blind_set
    report_quality(KNOWN_SET, lists_failures=True)
    report_quality(BLIND_SET, lists_failures=opens_blind_set)
    report_time()
    report_import()
