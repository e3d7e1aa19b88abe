"""Settings are checked once, at cold start, with every missing name in one error."""

import pytest
from pydantic import ValidationError

from action_groups import group_names, handler
from shared.front_doors.eventbridge import EventNotHandled
from shared.settings import Settings

ENVIRONMENT = {
    field.alias: f"centli-{name}"
    for name, field in Settings.model_fields.items()
    if field.alias is not None and field.is_required()
}


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
    with pytest.raises(ValidationError, match="frozen"):
        settings.test_user_id = "user-maria"


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
