"""How much the offline brain understands, played against a seeded bank in memory.

    python -m benchmarks.understanding

One run measures all of it, English and Spanish apart: the labelled sets; every labelled order with
each of the tails and heads of `perturbations.yaml`, which must not be shown; every number with each
slip of a word, which must not be shown as another one; the blind dialogues; the terms that blind
dialogues come to; and the lines of code.
Failures are listed for the set that the brain is written with. The others are held out: only their
counts are shown.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

os.environ["LOG_LEVEL"] = "CRITICAL"
sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.dialogues import (
    BLIND,
    BLIND_TERMS,
    Dialogue,
    mark_of,
    problems_of,
    read_dialogues,
    read_talks,
)
from tests.support.perturbed import is_shown, shown_amount, slips, taken_back
from tests.support.utterances import MONEY, OWN, UNSEEN, Mark, play, read_cases

CODE = Path(__file__).parent.parent / "console/agent/offline"

Played = TypeVar("Played")
Result = TypeVar("Result")


def main() -> None:
    lines = sum(len(file.read_text().splitlines()) for file in CODE.glob("*.py"))
    print(f"lines of code: {lines:,}")
    with ProcessPoolExecutor(initializer=_without_metrics) as workers:

        def each(do: Callable[[Played], Result], played: Sequence[Played]) -> list[Result]:
            return list(workers.map(do, played, chunksize=20))

        for path in (OWN, UNSEEN):
            _tell_set(path, each(play, read_cases(path)))
        cases = list(taken_back())
        shown = zip(cases, each(is_shown, cases), strict=True)
        _tell("orders taken back and shown", ((c.language, bad) for c, bad in shown))
        said = list(slips())
        read = zip(said, each(shown_amount, said), strict=True)
        _tell(
            "amounts read other than meant",
            ((s.language, v not in {None, s.meant}) for s, v in read),
        )
        dialogues = read_dialogues(BLIND)
        right = zip(dialogues, each(_is_right, dialogues), strict=True)
        _tell("whole dialogues right", ((d.language, good) for d, good in right))
        talks = read_talks(BLIND_TERMS)
        marks = list(zip(talks, each(mark_of, talks), strict=True))
        _tell("dialogues that end right", ((t.language, good) for t, (good, _) in marks))
        _tell("  with terms not meant", ((t.language, bad) for t, (_, bad) in marks))


def _without_metrics() -> None:
    """Leave what the functions print of themselves out of what is told here."""
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 as long as the process


def _is_right(dialogue: Dialogue) -> bool:
    return not problems_of(dialogue)


def _tell(what: str, marks: Iterable[tuple[str, bool]]) -> None:
    """Print how many of what is marked there are, by language."""
    all_of, some = Counter[str](), Counter[str]()
    for language, is_one in marks:
        all_of[language] += 1
        some[language] += is_one
    print(f"{what}: " + ", ".join(f"{lang} {some[lang]} of {all_of[lang]}" for lang in all_of))


def _tell_set(path: Path, marks: list[Mark]) -> None:
    print(path.name)
    _tell("  as labelled", ((mark.case.language, not mark.problem) for mark in marks))
    _tell("  by operation", ((mark.case.operation or "none", not mark.problem) for mark in marks))
    wrong = sum(m.moved_money and (bool(m.problem) or m.case.asks_for_no_money) for m in marks)
    orders = [mark for mark in marks if mark.case.operation in MONEY]
    asked = sum(bool(mark.problem) and not mark.moved_money for mark in orders)
    print(f"  wrong money proposals: {wrong} of {len(marks)}")
    print(f"  orders asked about needlessly: {asked} of {len(orders)}")
    if path == OWN:
        for mark in marks:
            if mark.problem:
                print(f"  - {[*mark.case.before, mark.case.text]}: {mark.problem}")


if __name__ == "__main__":
    main()
