"""Settings from the environment, checked once, at cold start."""

from collections.abc import Mapping
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

    @field_validator("order_max_age_hours")
    @classmethod
    def _is_remembered_so_long(cls, hours: int, info: ValidationInfo) -> int:
        """Refuse to carry out orders of an age at which a request may be forgotten."""
        if hours > info.data.get("request_retention_days", 0) * 24:
            raise ValueError("must not be longer than REQUEST_RETENTION_DAYS")
        return hours

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings. Raises RuntimeError that lists every missing variable."""
        try:
            return cls.model_validate(dict(environment))
        except ValidationError as error:
            names = ", ".join(str(detail["loc"][0]) for detail in error.errors())
            message = f"Set these environment variables of the function: {names}"
            raise RuntimeError(message) from None
