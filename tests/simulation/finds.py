"""Which seed shows which broken mechanism: remembered, so that it is tried before all others."""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.simulation.controls import CONTROLS
from tests.simulation.history import live

FINDS = Path(__file__).parents[1] / "data" / "finds.json"
"""The seed that last showed each control. Where one shows nothing any more, all are tried."""


def find(control: str, seeds: range) -> int | None:
    """Return a seed whose history goes wrong with this mechanism broken, or None."""
    broken = CONTROLS[control]
    return next((seed for seed in _order(control, seeds) if live(seed, broken).wrong), None)


def remember(seeds: range) -> dict[str, int | None]:
    """Find every control again, and write down by which seed; return that, None for not found."""
    found = {control: find(control, seeds) for control in CONTROLS}
    FINDS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _order(control: str, seeds: range) -> Iterator[int]:
    known = json.loads(FINDS.read_text(encoding="utf-8")).get(control)
    if known in seeds:
        yield known
    yield from (seed for seed in seeds if seed != known)
