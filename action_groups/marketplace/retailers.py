"""What retailers are called: kept in the process for a short time, to be shown and searched.

Whether somebody can be paid is asked of the table itself, each time.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from shared.clock import Clock
from shared.dynamodb import DynamoDB, Item

KEPT: Final = timedelta(minutes=1)
"""How long a name is kept: a retailer that is added or renamed is found so much later at most."""
MAX_SCANNED: Final = 1000
"""How many retailers are read at once. Those beyond are read when one of their products is."""
MAX_NAMED: Final = 100
"""How many more are read at once, of one Query's products."""

UNITS_OF_A_RETAILER: Final = 0.5
"""What one retailer of a batch costs in read units; a scan reads about forty for one unit."""


class RetailerNames:
    """The names of retailers, by identifier; empty for one that has none or is not stored."""

    def __init__(self, database: DynamoDB, table: str, clock: Clock) -> None:
        self._database = database
        self._table = table
        self._clock = clock
        self._names: dict[str, str] = {}
        self._read_at: datetime | None = None

    def __getitem__(self, retailer_id: str) -> str:
        return self._names[retailer_id]

    def refresh(self) -> float:
        """Read the table again when the names are old, and return the read units that it cost."""
        now = self._clock()
        if self._read_at is not None and now - self._read_at < KEPT:
            return 0.0
        page = self._database.scan(self._table, limit=MAX_SCANNED)
        self._names = dict(map(_named, page.items))
        self._read_at = now
        return page.units

    def unknown(self, retailer_ids: Iterable[str]) -> list[str]:
        """Return those of which no name is kept, each once."""
        return [id_ for id_ in dict.fromkeys(retailer_ids) if id_ not in self._names]

    def read(self, retailer_ids: list[str]) -> float:
        """Read these retailers, and return the read units that it cost."""
        keys: list[Item] = [{"retailer_id": retailer_id} for retailer_id in retailer_ids]
        found = dict(map(_named, self._database.batch_get(self._table, keys)))
        self._names |= dict.fromkeys(retailer_ids, "") | found
        return len(keys) * UNITS_OF_A_RETAILER


def _named(item: Mapping[str, object]) -> tuple[str, str]:
    name = item.get("name")
    return str(item["retailer_id"]), name.strip() if isinstance(name, str) else ""
