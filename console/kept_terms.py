"""Whether what is recorded of a change agrees with the terms that the customer said yes to.

The terms are kept on the payer's money record, on the purchase or on the beneficiary, beside the
digest that was signed. A term is compared with the attribute of its name; those without one, such
as the holder of an account, are the bank's word of that moment.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from shared.confirmation import digest_of, terms_on
from shared.text import plain_line

_STORED_AS: Final = {"benefit": "benefit_applied"}

_SHOWN_BY: Final = {"product_name": "product_id"}
"""What the term is of a name with nothing left to show."""


def is_kept_with(item: Mapping[str, Any]) -> bool:
    """Tell whether an item keeps, or must keep, terms. A payment's are on its purchase."""
    return "terms" in item or ("terms_digest" in item and item.get("type") != "payment")


def is_as_signed(item: Mapping[str, Any]) -> bool:
    """Tell whether the terms on an item are those whose digest the proof had."""
    terms = terms_on(item)
    return terms is not None and digest_of(terms) == item.get("terms_digest")


def contradictions(item: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the terms that the item's own attributes contradict."""
    for name, term in (terms_on(item) or {}).items():
        stored = item.get(_STORED_AS.get(name) or name)
        if stored is not None and not _agree(term, stored, item.get(_SHOWN_BY.get(name, ""))):
            yield name


def _agree(term: Any, stored: Any, shown_by: Any) -> bool:
    """Tell whether a term is what is stored: a debit has a sign, and text is shown cleaned."""
    if isinstance(term, Decimal) and isinstance(stored, Decimal):
        return abs(term) == abs(stored)
    return term == stored or (
        isinstance(stored, str) and term == (plain_line(stored) or shown_by or "")
    )
