"""Settings from the environment, checked once, at cold start."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from shared.clock import BANK_ZONE
from shared.money import amount_from_number, amount_from_text


def _listed(value: Any) -> Any:
    """Return the entries of a comma-separated text, each once."""
    if not isinstance(value, str):
        return value
    return tuple(dict.fromkeys(entry.strip() for entry in value.split(",") if entry.strip()))


def _zone(value: Any) -> Any:
    """Return the time zone of a name in the IANA database."""
    try:
        return ZoneInfo(value) if isinstance(value, str) else value
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("must be the name of a time zone, such as America/Mexico_City") from None


def _amount(value: Any) -> Decimal:
    """Return the amount of a text such as 12800.50."""
    return amount_from_text(value) if isinstance(value, str) else amount_from_number(value)


_Limit = Annotated[Decimal, BeforeValidator(_amount)]


class Settings(BaseModel):
    """The names that the template gives to a function; every function is given all of them."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True, populate_by_name=True)

    accounts_table: str = Field(alias="ACCOUNTS_TABLE", min_length=1)
    transactions_table: str = Field(alias="TRANSACTIONS_TABLE", min_length=1)
    beneficiaries_table: str = Field(alias="BENEFICIARIES_TABLE", min_length=1)
    products_table: str = Field(alias="PRODUCTS_TABLE", min_length=1)
    retailers_table: str = Field(alias="RETAILERS_TABLE", min_length=1)
    purchases_table: str = Field(alias="PURCHASES_TABLE", min_length=1)
    requests_table: str = Field(alias="REQUESTS_TABLE", min_length=1)
    limits_table: str = Field(alias="LIMITS_TABLE", min_length=1)
    event_bus_name: str = Field(alias="EVENT_BUS_NAME", min_length=1)
    catalogue_categories: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        default=(
            *("electronics", "clothing", "food", "home", "beauty"),
            *("sports", "toys", "books", "health", "travel"),
        ),
        alias="CATALOGUE_CATEGORIES",
        min_length=1,
    )
    """The categories that a search of the whole catalogue goes through, in this order."""
    doors: Annotated[tuple[Literal["agent", "bus", "gateway"], ...], BeforeValidator(_listed)] = (
        Field(default=("bus",), alias="DOORS", min_length=1)
    )
    """The front doors that the function answers at."""
    request_sources: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        default=("agentcore",), alias="REQUEST_SOURCES", min_length=1
    )
    """The sources of events that may ask for something on a customer's behalf."""
    request_retention_days: int = Field(default=30, alias="REQUEST_RETENTION_DAYS", ge=15)
    """How long a request is remembered: longer than any retry, dead letter or redrive."""
    order_max_age_hours: int = Field(default=24, alias="ORDER_MAX_AGE_HOURS", ge=1)
    """How old an order of the bus may be when it is carried out."""
    agent_wait_seconds: int = Field(default=4, alias="AGENT_WAIT_SECONDS", ge=0, le=8)
    """How long an agent waits for the events that end what its change began."""
    bank_zone: Annotated[ZoneInfo, BeforeValidator(_zone)] = Field(
        default=BANK_ZONE, alias="BANK_TIME_ZONE"
    )
    """Where a day without an offset is a day."""
    test_user_id: str = Field(default="", alias="TEST_USER_ID")
    """The caller of an agent session without `user_id`: for the console's test window only."""
    gateway_caller_header: str = Field(
        default="x-centli-user-id", alias="GATEWAY_CALLER_HEADER", pattern=r"^[A-Za-z0-9_-]{1,64}$"
    )
    """The header in which the gateway's interceptor says who is calling."""

    require_confirmation: Literal["agents", "always", "never"] = Field(
        default="agents", alias="REQUIRE_CONFIRMATION"
    )
    """Where a change that needs the customer's yes is done only with a proof of it."""
    confirmation_key_arn: str = Field(
        default="", alias="CONFIRMATION_KEY_ARN", validate_default=True
    )
    """The KMS key that proofs are made with."""
    max_transfer_amount: _Limit = Field(default=Decimal("50000.00"), alias="MAX_TRANSFER_AMOUNT")
    """The most that one transfer to somebody else may be."""
    daily_transfer_limit: _Limit = Field(default=Decimal("12800.00"), alias="DAILY_TRANSFER_LIMIT")
    """What a customer without a limit of their own may transfer to others on one day."""
    new_payee_limit: _Limit = Field(default=Decimal("3000.00"), alias="NEW_PAYEE_LIMIT")
    """What an account may be paid in all while it is new to the customer."""
    new_payee_hours: int = Field(default=24, alias="NEW_PAYEE_HOURS", ge=0)
    """How long an account is new, from the first payment on."""

    @field_validator("confirmation_key_arn")
    @classmethod
    def _is_there_when_proofs_are_asked(cls, arn: str, info: ValidationInfo) -> str:
        """Refuse to ask for proofs that nothing could check."""
        if not arn and info.data.get("require_confirmation", "never") != "never":
            raise ValueError("must name a key unless REQUIRE_CONFIRMATION is never")
        return arn

    @field_validator("order_max_age_hours")
    @classmethod
    def _is_remembered_so_long(cls, hours: int, info: ValidationInfo) -> int:
        """Refuse to carry out orders of an age at which a request may be forgotten."""
        if hours > info.data.get("request_retention_days", 0) * 24:
            raise ValueError("must not be longer than REQUEST_RETENTION_DAYS")
        return hours

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings. Raises RuntimeError that lists what is missing, and what is wrong."""
        try:
            return cls.model_validate(dict(environment))
        except ValidationError as error:
            # A default that is wrong is told by the name of the field.
            wrong = {str(detail["loc"][0]).upper(): detail for detail in error.errors()}
            names = ", ".join(wrong)
            reasons = [
                f"{name} {detail['msg'].removeprefix('Value error, ')}"
                for name, detail in wrong.items()
                if detail["type"] not in {"missing", "string_too_short"}
            ]
            message = f"Set these environment variables of the function: {names}"
            raise RuntimeError("; ".join([message, *reasons])) from None
