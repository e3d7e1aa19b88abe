"""Settings from the environment, checked once, at cold start."""

import string
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.clock import BANK_ZONE
from shared.money import amount_from_text

_DOORS: Final = ("agent", "bus", "gateway")
_WHERE_CONFIRMED: Final = ("agents", "always", "never")
_HEADER_CHARACTERS: Final = frozenset(f"{string.ascii_letters}{string.digits}_-")
_MAX_HEADER_LENGTH: Final = 64


class Settings(NamedTuple):
    """What the template gives to a function: a field's variable has its name in capitals.

    Every function is given all of them. One without a default has to be there.
    """

    accounts_table: str
    transactions_table: str
    beneficiaries_table: str
    products_table: str
    retailers_table: str
    purchases_table: str
    requests_table: str
    limits_table: str
    event_bus_name: str
    catalogue_categories: tuple[str, ...] = (
        *("electronics", "clothing", "food", "home", "beauty"),
        *("sports", "toys", "books", "health", "travel"),
    )
    """The categories that a search of the whole catalogue goes through, in this order."""
    doors: tuple[str, ...] = ("bus",)
    """The front doors that the function answers at."""
    request_sources: tuple[str, ...] = ("agentcore",)
    """The sources of events that may ask for something on a customer's behalf."""
    request_retention_days: int = 30
    """How long a request is remembered: longer than any retry, dead letter or redrive."""
    order_max_age_hours: int = 24
    """How old an order of the bus may be when it is carried out."""
    agent_wait_seconds: int = 4
    """How long an agent waits for the events that end what its change began."""
    bank_time_zone: ZoneInfo = BANK_ZONE
    """Where a day without an offset is a day."""
    test_user_id: str = ""
    """The caller of an agent session without `user_id`: for the console's test window only."""
    gateway_caller_header: str = "x-centli-user-id"
    """The header in which the gateway's interceptor says who is calling."""
    require_confirmation: Literal["agents", "always", "never"] = "agents"
    """Where a change that needs the customer's yes is done only with a proof of it."""
    confirmation_key_arn: str = ""
    """The KMS key that proofs are made with."""
    max_transfer_amount: Decimal = Decimal("50000.00")
    """The most that one transfer to somebody else may be."""
    daily_transfer_limit: Decimal = Decimal("12800.00")
    """What a customer without a limit of their own may transfer to others on one day."""
    new_payee_limit: Decimal = Decimal("3000.00")
    """What an account may be paid in all while it is new to the customer."""
    new_payee_hours: int = 24
    """How long an account is new, from the first payment on."""

    @classmethod
    def variables(cls) -> dict[str, bool]:
        """Return the variables in the order of the fields, and whether each has to be there."""
        return {name.upper(): name not in cls._field_defaults for name in cls._fields}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings. Raises RuntimeError that lists what is missing, and what is wrong."""
        read = dict(cls._field_defaults)
        wrong: dict[str, str] = {}
        for name, (variable, is_required) in zip(cls._fields, cls.variables().items(), strict=True):
            text = environment.get(variable)
            if text is None:
                if is_required:
                    wrong[variable] = "is missing"
                continue
            try:
                read[name] = _READERS.get(name, _name)(text)
            except ValueError as error:
                wrong[variable] = str(error)
        # Nothing could check the proofs that are asked for.
        if read["require_confirmation"] != "never" and not read["confirmation_key_arn"]:
            wrong["CONFIRMATION_KEY_ARN"] = "must name a key unless REQUIRE_CONFIRMATION is never"
        # A request may be forgotten at this age.
        if read["order_max_age_hours"] > read["request_retention_days"] * 24:
            wrong["ORDER_MAX_AGE_HOURS"] = "must not be longer than REQUEST_RETENTION_DAYS"
        if wrong:
            reasons = [f"{variable} {reason}" for variable, reason in wrong.items()]
            message = f"Set these environment variables of the function: {', '.join(wrong)}"
            raise RuntimeError("; ".join([message, *reasons]))
        return cls(**read)


def _name(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _listed(text: str) -> tuple[str, ...]:
    """Return the entries of a comma-separated text, each once."""
    entries = tuple(dict.fromkeys(entry.strip() for entry in text.split(",") if entry.strip()))
    if not entries:
        raise ValueError("must name at least one, separated by commas")
    return entries


def _doors(text: str) -> tuple[str, ...]:
    return tuple(_one_of(_DOORS, door) for door in _listed(text))


def _one_of(known: Collection[str], text: str) -> str:
    if text not in known:
        raise ValueError(f"must be one of {', '.join(known)}")
    return text


def _whole(least: int, most: int = 10**6) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else -1
        if not least <= number <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return number

    return read


def _zone(text: str) -> ZoneInfo:
    """Return the time zone of a name in the IANA database."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError for a folder of names
        raise ValueError("must be the name of a time zone, such as America/Mexico_City") from None


def _header(text: str) -> str:
    if not (0 < len(text) <= _MAX_HEADER_LENGTH and _HEADER_CHARACTERS.issuperset(text)):
        raise ValueError("must be 1 to 64 letters, digits, hyphens and underscores")
    return text


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "catalogue_categories": _listed,
    "doors": _doors,
    "request_sources": _listed,
    "request_retention_days": _whole(15),
    "order_max_age_hours": _whole(1),
    "agent_wait_seconds": _whole(0, 8),
    "bank_time_zone": _zone,
    "test_user_id": str,
    "gateway_caller_header": _header,
    "require_confirmation": lambda text: _one_of(_WHERE_CONFIRMED, text),
    "confirmation_key_arn": str,
    "max_transfer_amount": amount_from_text,
    "daily_transfer_limit": amount_from_text,
    "new_payee_limit": amount_from_text,
    "new_payee_hours": _whole(0),
}
"""What reads a field's text, that of others a name. Raises ValueError that says what it must be."""
