"""What `shared.front_doors` promises of every door, and of a function without one."""

from types import ModuleType
from typing import Any

import pytest

from shared.front_doors import FRONT_DOORS, front_door
from shared.front_doors.eventbridge import EventNotHandled
from shared.settings import Settings
from tests.support.tables import function_environment
from tests.support.world import World


def test_the_shipped_doors_have_what_the_contract_names_and_nothing_else() -> None:
    for door in map(front_door, FRONT_DOORS):
        assert isinstance(door, ModuleType)
        public = {
            name
            for name, value in vars(door).items()
            if callable(value) and not name.startswith("_") and value.__module__ == door.__name__
        }
        functions = {name for name in public if not isinstance(getattr(door, name), type)}
        assert functions == {"recognises", "answer"}


def test_a_function_may_be_given_each_door_and_no_other() -> None:
    environment = function_environment()
    settings = Settings.from_environment({**environment, "DOORS": ",".join(FRONT_DOORS)})
    assert settings.doors == tuple(FRONT_DOORS)
    named = ", ".join(sorted(FRONT_DOORS))
    with pytest.raises(RuntimeError, match=f"DOORS must be one of {named}$"):
        Settings.from_environment({**environment, "DOORS": "mcp"})


def handler_at(bank: World, *doors: str) -> Any:
    settings = bank.resources.settings._replace(doors=doors)
    bank.rebuild(settings=settings)
    return bank.handlers["core_banking"]


def test_a_function_of_the_bus_fails_with_what_is_no_event_of_it(bank: World) -> None:
    by_agent = bank.invocation("getBalance")
    handler = handler_at(bank, "bus")
    for event in (by_agent, {}, None, {"account_id": "acc-maria"}):
        with pytest.raises(EventNotHandled, match=r"^EVENT_NOT_RECOGNISED$"):
            handler(event, None)


def test_a_function_of_the_agent_takes_no_event_of_the_bus(bank: World) -> None:
    handler = handler_at(bank, "agent")
    event = {"detail-type": "BALANCE_QUERY", "source": "agentcore", "detail": {}}
    assert handler(event, None)["error"]["code"] == "INVALID_REQUEST"
    assert bank.bus.envelopes == []
