"""Which seed shows which broken mechanism: remembered, so that it is tried before all others."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path

from tests.simulation.controls import CONTROLS
from tests.simulation.history import live

FINDS = Path(__file__).parents[1] / "data" / "finds.json"
"""The seed that last showed each control. Where one shows nothing any more, all are tried."""
STALE = "Nothing is found any more by the remembered seed"
"""How a warning begins that pyproject.toml lets through: the find holds, and costs minutes."""
RENEW = "python -m tests.simulation --controls"


def find(control: str, seeds: range) -> int | None:
    """Return a seed whose history goes wrong with this mechanism broken, or None."""
    broken = CONTROLS[control]
    known = _known(control)
    found = next((seed for seed in _order(known, seeds) if live(seed, broken).wrong), None)
    if found != known:
        warnings.warn(f"{STALE} {known} of `{control}`; renew it: {RENEW}", stacklevel=2)
    return found


def remember(seeds: range) -> dict[str, int | None]:
    """Find every control again, and write down by which seed; return that, None for not found."""
    found = {control: find(control, seeds) for control in CONTROLS}
    FINDS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found


def _known(control: str) -> int | None:
    known: int | None = json.loads(FINDS.read_text(encoding="utf-8")).get(control)
    return known


def _order(known: int | None, seeds: range) -> Iterator[int]:
    if known is not None and known in seeds:
        yield known
    yield from (seed for seed in seeds if seed != known)
