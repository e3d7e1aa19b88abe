"""The events that a request on record owes to the bus, kept without what the record says itself.

An entry of `events` has the fields of its envelope that the item does not have: the answer is the
data of most events, and who asked, when, under which correlation id and on which yes is said once.
So a record stays below one kilobyte, the unit of a write.
"""

from collections.abc import Mapping
from typing import Any, Final

from shared import json_text

ENVELOPE_VERSION: Final = "1.0"

_SAID_AS: Final = {
    "correlation_id": "correlation_id",
    "timestamp": "created_at",
    "user_id": "user_id",
}
"""Fields of an envelope, and the attributes of the item that say them."""

_ANSWERED: Final = "answered"
"""In an entry, the names of the data's fields that are as in the answer."""

ENVELOPE_FIELDS: Final[Mapping[str, type]] = {
    "version": str,
    "event_type": str,
    "correlation_id": str,
    "timestamp": str,
    "source": str,
    "user_id": str,
    "data": dict,
}
"""What every envelope has, as it is published: without it an event is handled by nobody."""

_ORDER: Final = (*ENVELOPE_FIELDS, "confirmed")
"""Of the fields, as they are published."""


def entry_of(envelope: Mapping[str, Any], item: Mapping[str, Any], answer: Any) -> str:
    """Return what is kept of an envelope on an item whose answer is this one, as JSON."""
    said = _said_by(item) | {"data": answer}
    entry = {name: held for name, held in envelope.items() if said.get(name) != held}
    if "data" in entry:
        own = {n: held for n, held in entry["data"].items() if n not in answer or answer[n] != held}
        if answered := [name for name in entry["data"] if name not in own]:
            entry |= {"data": own, _ANSWERED: answered}
    return json_text.dumps(entry)


def owed_by(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the envelopes that an item owes, the same each time.

    Raises LookupError, TypeError, ValueError or AttributeError for what cannot be read.
    """
    entries = map(json_text.loads, item.get("events", ()))
    return [_whole(json_text.without_nulls(entry), item) for entry in entries]


def confirmed_in(item: Mapping[str, Any]) -> dict[str, str]:
    """Return what events say of the yes that a stored item rests on; empty without one."""
    names = ("door", "confirmation_id", "terms_digest")
    return {name: item[name] for name in names} if "confirmation_id" in item else {}


def _said_by(item: Mapping[str, Any]) -> dict[str, Any]:
    said = {field: item[name] for field, name in _SAID_AS.items() if name in item}
    confirmed = confirmed_in(item)
    return {"version": ENVELOPE_VERSION, **said, **({"confirmed": confirmed} if confirmed else {})}


def _whole(entry: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    whole = {**_said_by(item), **entry}
    answered = whole.pop(_ANSWERED, [])
    if ("data" not in whole or answered) and "answer" in item:
        answer = json_text.without_nulls(json_text.loads(item["answer"]))  # older ones hold nulls
        own = whole.get("data")
        whole["data"] = answer if own is None else {n: answer[n] for n in answered} | own
    return dict.fromkeys((name for name in _ORDER if name in whole), None) | whole
