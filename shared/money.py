"""Money: pesos as `Decimal` with at most two decimals, parsed strictly and never guessed."""

import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator

Currency = Literal["MXN"]
MXN: Currency = "MXN"
SAME_CURRENCY: Final = "(attribute_not_exists(currency) OR currency = :currency)"
"""The condition that an item is in `:currency`, as one is that does not say."""

CENTAVO = Decimal("0.01")
MAX_AMOUNT = Decimal("9999999999.99")
_TEXT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?", re.ASCII)

_HOW_TO_WRITE = (
    "must be an amount in pesos greater than 0 and at most 9999999999.99, written with digits and "
    "at most two decimals, such as 1500.50, with no thousands separator, sign or currency symbol"
)


def amount_from_text(text: str) -> Decimal:
    """Read an amount delivered as text. Raises ValueError that says how to write it."""
    digits = text.strip(" ")
    if not _TEXT.fullmatch(digits) or not (amount := Decimal(digits)):
        raise ValueError(_HOW_TO_WRITE)
    return amount.quantize(CENTAVO)


def amount_from_number(value: Any) -> Decimal:
    """Read an amount from a JSON number. Raises ValueError that says how to write it.

    The Lambda runtime parses JSON fractions to `float`; its shortest representation is the number
    that was written, exactly, for every amount within `MAX_AMOUNT`.
    """
    if isinstance(value, float):
        value = Decimal(repr(value))
    elif isinstance(value, int) and not isinstance(value, bool):
        if value.bit_length() > 64:  # noqa: PLR2004
            raise ValueError(_HOW_TO_WRITE)
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(_HOW_TO_WRITE)
    if not 0 < value <= MAX_AMOUNT or value != (amount := value.quantize(CENTAVO)):
        raise ValueError(_HOW_TO_WRITE)
    return amount


Amount = Annotated[Decimal, BeforeValidator(amount_from_number, json_schema_input_type=float)]
"""A positive amount that a caller asks for."""
