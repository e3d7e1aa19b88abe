"""Run histories: `python -m tests.simulation --seeds 1000`, or one again: `--seed 17 --story`."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from os import cpu_count

from tests.simulation.faults import Fault
from tests.simulation.finds import remember
from tests.simulation.history import Told, live


def main() -> int:
    """Run what the arguments say; return 1 when a history went wrong or a fault never happened.

    With `--controls`: when a broken mechanism is not found.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="the one history to run and to tell")
    parser.add_argument("--seeds", type=int, default=1000, help="how many histories to run")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=cpu_count() or 1)
    parser.add_argument("--story", action="store_true", help="tell the whole story of --seed")
    parser.add_argument(
        "--controls", action="store_true", help="break each mechanism, and note which seed shows it"
    )
    arguments = parser.parse_args()
    if arguments.seed is not None:
        told = live(arguments.seed)
        if arguments.story:
            print(told.whole_story())
        print(told.report())
        return 1 if told.wrong else 0
    begun = time.monotonic()
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    if arguments.controls:
        found = remember(seeds)
        for control, seed in found.items():
            print(f"{'none' if seed is None else seed:>9}  {control}")
        return 1 if None in found.values() else 0
    counts, failed = Counter[Fault](), 0
    for told in lives(seeds, arguments.processes):
        counts.update(told.counts)
        if told.wrong:
            failed += 1
            print(told.report(), end="\n\n")
    for fault in Fault:
        print(f"{counts[fault]:>9}  {fault}")
    print(f"{len(seeds)} histories, {failed} wrong, {time.monotonic() - begun:.0f} s")
    return 1 if failed or not all(counts[fault] for fault in Fault) else 0


def lives(seeds: Iterable[int], processes: int) -> Iterator[Told]:
    """Live through the histories of seeds, on several processes when there are several."""
    if processes == 1:
        yield from map(live, seeds)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(live, seeds, chunksize=10)


if __name__ == "__main__":
    sys.exit(main())
