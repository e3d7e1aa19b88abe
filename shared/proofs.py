"""What proves that a refusal is true: that what was read for it holds when it is committed.

An item that was read by its key is checked in the transaction. No check could tell that there is
nothing else than a Query found, so a refusal is believed when the same Query finds the same after
everything else was read: then all of it was true at once, for what was read by key has not changed
from before to the commit. An index may be late, so what it did not find is no proof yet.

What is moving, such as a balance, is left out: a hot item would otherwise let no refusal be
committed. The refusal that rests on it has a check of its own.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timedelta

from shared.dynamodb import ConditionCheck, Item, TransactionCancelled, Watch, unchanged

SHOWN_WITHIN = timedelta(seconds=3)
"""After which an index is believed to show a write; AWS says a fraction of a second, usually. The
time of an event is in whole seconds, which takes one of these."""


def checks_of(watch: Watch) -> Iterator[ConditionCheck]:
    """Yield a check for each item that was read by its key, once each Query finds the same again.

    Raises TransactionCancelled, as a check would, when one finds something else.
    """
    for asked in watch.queries:
        if not asked.is_of_index and _still(asked.ask(), asked.moving) != _still(
            asked.found, asked.moving
        ):
            raise TransactionCancelled(("ConditionalCheckFailed",))
    yield from (unchanged(*read) for read in watch.reads.values())


def seconds_of_lag(watch: Watch, since: datetime, now: datetime) -> float:
    """Return how long an index may be late with what was written before a moment.

    0 when every index found something that is there, as far as it was read by its key.
    """
    gone = [key.items() for _, key, item, _ in watch.reads.values() if item is None]
    has_found = all(
        any(not any(key <= item.items() for key in gone) for item in asked.found)
        for asked in watch.queries
        if asked.is_of_index
    )
    return 0.0 if has_found else max((since + SHOWN_WITHIN - now).total_seconds(), 0.0)


def _still(items: Iterable[Item], moving: Container[str]) -> list[Item]:
    """Return items without what is moving."""
    return [{n: value for n, value in item.items() if n not in moving} for item in items]
