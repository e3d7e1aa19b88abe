"""How much the offline brain understands of labelled utterances, played against a seeded bank.

    python benchmarks/understanding.py

For each set: how many cases went as labelled, by language and by operation, how often an operation
that changes something was proposed where none was asked for, how often with another amount, person
or thing than labelled, and the time of a turn. Failures are
listed for the set that the brain was written with; the other one was kept unseen, and only its
counts are shown.
"""

import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

os.environ["POWERTOOLS_LOG_LEVEL"] = "CRITICAL"
os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"
sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.utterances import OWN, UNSEEN, Mark, play, read_cases


def main() -> None:
    for path in (OWN, UNSEEN):
        marks, seconds = [], []
        for case in read_cases(path):
            start = time.perf_counter()
            marks.append(play(case))
            seconds.append((time.perf_counter() - start) / (1 + len(case.before)))
        print(f"\n{path.name}: {_share(marks)}")
        for language in ("es", "en"):
            print(f"  {language}: {_share(m for m in marks if m.case.language == language)}")
        for operation, group in sorted(_by_operation(marks).items()):
            print(f"  {operation:20} {_share(group)}")
        none_asked = [mark for mark in marks if mark.case.asks_for_no_money]
        moved = [mark for mark in none_asked if mark.moved_money]
        print(f"  money operations where none was asked for: {len(moved)} of {len(none_asked)}")
        wrong = [mark for mark in marks if mark.problem and mark.moved_money]
        print(f"  money operations other than labelled: {len(wrong)} of {len(marks)}")
        print(f"  a turn, with its calls: {statistics.median(seconds) * 1000:.1f} ms (median)")
        if path == OWN:
            for mark in marks:
                if mark.problem:
                    print(f"  - {[*mark.case.before, mark.case.text]}: {mark.problem}")


def _share(marks: Iterable[Mark]) -> str:
    counted = list(marks)
    right = sum(not mark.problem for mark in counted)
    return f"{right} of {len(counted)} ({right / max(len(counted), 1):.1%})"


def _by_operation(marks: Iterable[Mark]) -> dict[str, list[Mark]]:
    groups: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        groups[mark.case.operation or "(none)"].append(mark)
    return groups


if __name__ == "__main__":
    main()
