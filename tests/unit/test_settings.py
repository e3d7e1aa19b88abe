"""Settings are checked once, at cold start, with all that is missing or wrong in one error."""

from decimal import Decimal

import pytest

from action_groups import group_names, handler
from shared.front_doors.eventbridge import EventNotHandled
from shared.settings import Settings

ENVIRONMENT = {
    variable: f"centli-{variable.lower()}"
    for variable, is_required in Settings.variables().items()
    if is_required
} | {"CONFIRMATION_KEY_ARN": "arn:aws:kms:us-east-1:123456789012:key/1"}
AMOUNTS = ("MAX_TRANSFER_AMOUNT", "DAILY_TRANSFER_LIMIT", "NEW_PAYEE_LIMIT")


def test_every_setting_is_read_from_the_environment() -> None:
    settings = Settings.from_environment(ENVIRONMENT | {"PATH": "/bin"})
    assert settings.accounts_table == "centli-accounts_table"
    assert settings.test_user_id == ""


def test_all_that_is_missing_or_empty_is_named_at_once() -> None:
    with pytest.raises(RuntimeError) as caught:
        Settings.from_environment({**ENVIRONMENT, "ACCOUNTS_TABLE": ""} | {"REQUESTS_TABLE": ""})
    assert "ACCOUNTS_TABLE, REQUESTS_TABLE" in str(caught.value)
    with pytest.raises(RuntimeError) as caught:
        Settings.from_environment({})
    for name in ENVIRONMENT:
        assert name in str(caught.value)


def test_settings_do_not_change() -> None:
    settings = Settings.from_environment(ENVIRONMENT)
    with pytest.raises(AttributeError, match="can't set attribute"):
        settings.test_user_id = "user-maria"  # type: ignore[misc]


@pytest.mark.parametrize("group", group_names())
def test_a_function_starts_with_the_environment_alone_and_not_without_it(
    group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError, match="ACCOUNTS_TABLE"):
        getattr(handler, group)

    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(EventNotHandled):
        getattr(handler, group)({}, None)


@pytest.mark.parametrize(
    ("hours", "days"), [("361", "15"), ("721", None)], ids=["given", "by default"]
)
def test_an_order_may_not_be_older_than_requests_are_remembered(
    hours: str, days: str | None
) -> None:
    given = {"ORDER_MAX_AGE_HOURS": hours} | ({"REQUEST_RETENTION_DAYS": days} if days else {})
    with pytest.raises(RuntimeError, match="ORDER_MAX_AGE_HOURS"):
        Settings.from_environment(ENVIRONMENT | given)
    least = {"ORDER_MAX_AGE_HOURS": "360", "REQUEST_RETENTION_DAYS": "15"}
    assert Settings.from_environment(ENVIRONMENT | least).order_max_age_hours == 360


def test_a_function_asks_for_the_yes_unless_it_is_told_otherwise() -> None:
    assert Settings.from_environment(ENVIRONMENT).require_confirmation == "agents"
    with pytest.raises(RuntimeError, match="REQUIRE_CONFIRMATION must be one of agents, always"):
        Settings.from_environment(ENVIRONMENT | {"REQUIRE_CONFIRMATION": "sometimes"})


def test_proofs_are_not_asked_for_without_the_key_that_checks_them() -> None:
    for asked in ({}, {"REQUIRE_CONFIRMATION": "always"}):
        with pytest.raises(RuntimeError, match="CONFIRMATION_KEY_ARN must name a key unless"):
            Settings.from_environment(ENVIRONMENT | {"CONFIRMATION_KEY_ARN": ""} | asked)
    never = {"CONFIRMATION_KEY_ARN": "", "REQUIRE_CONFIRMATION": "never"}
    assert Settings.from_environment(ENVIRONMENT | never).confirmation_key_arn == ""


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize(
    ("text", "amount"), [("50000", "50000.00"), ("12800.5", "12800.50"), ("0.01", "0.01")]
)
def test_a_limit_is_an_amount_in_pesos_and_centavos(name: str, text: str, amount: str) -> None:
    settings = Settings.from_environment(ENVIRONMENT | {name: text})
    limit = getattr(settings, name.lower())
    assert (type(limit), str(limit)) == (Decimal, amount)


@pytest.mark.parametrize("name", AMOUNTS)
@pytest.mark.parametrize("text", ["", "0", "-1", "1e4", "50,000", "0.001", "NaN", "Infinity", "$5"])
def test_a_limit_that_is_no_such_amount_is_refused_with_how_to_write_it(
    name: str, text: str
) -> None:
    with pytest.raises(RuntimeError, match=f"{name} must be an amount in pesos greater than 0"):
        Settings.from_environment(ENVIRONMENT | {name: text})


def test_limits_are_those_of_the_design_unless_somebody_sets_them() -> None:
    settings = Settings.from_environment(ENVIRONMENT)
    limits = [str(getattr(settings, name.lower())) for name in AMOUNTS]
    assert limits == ["50000.00", "12800.00", "3000.00"]
    assert settings.new_payee_hours == 24


def test_a_payee_is_new_for_whole_hours_or_not_at_all() -> None:
    never = Settings.from_environment(ENVIRONMENT | {"NEW_PAYEE_HOURS": "0"})
    assert never.new_payee_hours == 0
    for text in ("-1", "1.5", "a day"):
        with pytest.raises(RuntimeError, match="NEW_PAYEE_HOURS must be a whole number"):
            Settings.from_environment(ENVIRONMENT | {"NEW_PAYEE_HOURS": text})


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("DOORS", ["", " , ", "bus,window"]),
        ("REQUEST_SOURCES", ["", ","]),
        ("REQUEST_RETENTION_DAYS", ["14", "thirty", "²"]),
        ("AGENT_WAIT_SECONDS", ["9", "-1", ""]),
        ("BANK_TIME_ZONE", ["", "Mexico", "../etc"]),
        ("GATEWAY_CALLER_HEADER", ["", "x y", "x:y", "ñ", "x" * 65]),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(name: str, texts: list[str]) -> None:
    for text in texts:
        with pytest.raises(RuntimeError, match=f"{name} must "):
            Settings.from_environment(ENVIRONMENT | {name: text})


def test_lists_of_the_environment_name_each_once() -> None:
    given = {"DOORS": "agent, bus,agent", "REQUEST_SOURCES": "agentcore,app"}
    settings = Settings.from_environment(ENVIRONMENT | given)
    assert (settings.doors, settings.request_sources) == (("agent", "bus"), ("agentcore", "app"))
