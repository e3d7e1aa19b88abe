"""The floor of covered branches: `python -m scripts.branch_coverage REPORT`, a JSON of coverage.py.

Each package has to reach the floor by itself, so that a well-covered one cannot hide another.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

FLOOR_PERCENT: Final = 95
PACKAGES: Final = ("action_groups", "shared")


def below_the_floor(report: Path) -> list[str]:
    """Return a sentence for each package of which too few branches are covered."""
    files = json.loads(report.read_text())["files"]
    return [
        f"{package}: {covered} of {branches} branches are covered, which is less than "
        f"{FLOOR_PERCENT} %."
        for package in PACKAGES
        for covered, branches in [_branches(files, package)]
        if covered * 100 < FLOOR_PERCENT * branches or not branches
    ]


def _branches(files: dict[str, dict[str, dict[str, int]]], package: str) -> tuple[int, int]:
    """Return how many branches of a package are covered, and how many there are."""
    of_package = [
        measured["summary"] for name, measured in files.items() if Path(name).parts[0] == package
    ]
    return (
        sum(summary["covered_branches"] for summary in of_package),
        sum(summary["num_branches"] for summary in of_package),
    )


def main(arguments: Sequence[str]) -> int:
    """Print what is below the floor, and return the exit code."""
    [report] = arguments
    sentences = below_the_floor(Path(report))
    print("\n".join(sentences) or f"At least {FLOOR_PERCENT} % of the branches are covered.")
    return bool(sentences)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
