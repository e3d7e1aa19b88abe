"""What the person is warned of before a transfer, and is shown again where it changed meanwhile."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.support.clock_and_bus import START
from tests.support.faults import CarelessDatabase, ScriptedDatabase, after, client_error
from tests.support.limits import (
    CREDIT,
    EVA,
    JUAN,
    MARIA,
    NEW_BENEFICIARY,
    SAVINGS,
    asked,
    bank_with_limits,
    code_of,
    confirmed,
    sent,
    set_limits,
    transfer,
    warned,
)
from tests.support.world import World


@pytest.fixture
def bank() -> Iterator[World]:
    with bank_with_limits() as bank:
        yield bank


# --- Warnings --------------------------------------------------------------------------------


def test_a_new_payee_is_warned_of_until_it_was_paid_long_enough_ago(bank: World) -> None:
    [never] = asked(bank, transfer("1", to=EVA))["confirmation"]["warnings"]
    assert sent(bank, "1", to=EVA) is None
    bank.clock.now = START + timedelta(hours=24) - timedelta(seconds=1)
    [lately] = asked(bank, transfer("2", to=EVA))["confirmation"]["warnings"]
    assert never["code"] == lately["code"] == "NEW_PAYEE"
    assert "never paid" in never["message"]
    assert "first paid this account a short time ago" in lately["message"]
    bank.clock.now = START + timedelta(hours=24)
    assert warned(asked(bank, transfer("2", to=EVA))) == []
    assert warned(asked(bank, transfer("2", to=SAVINGS))) == []


@pytest.mark.parametrize(
    ("again", "is_warned"),
    [
        (transfer("100"), True),
        (transfer("100.00", description="Otra cosa"), True),
        (transfer("100.01"), False),
        (transfer("100", source=SAVINGS), False),
        (transfer("100", to=EVA), False),
    ],
)
def test_the_same_transfer_within_a_day_may_be_a_duplicate_however_it_is_described(
    bank: World, again: dict[str, Any], *, is_warned: bool
) -> None:
    assert sent(bank, "100", description="Cena") is None
    body = asked(bank, again, session_id="session-2")
    assert ("POSSIBLE_DUPLICATE" in warned(body)) is is_warned


def test_a_duplicate_is_warned_of_for_a_day_to_the_second_and_between_own_accounts(
    bank: World,
) -> None:
    for to in (JUAN, SAVINGS):
        assert sent(bank, "100", to=to) is None
    bank.clock.move(timedelta(hours=24) - timedelta(seconds=1))
    for to in (JUAN, SAVINGS):
        assert warned(asked(bank, transfer("100", to=to))) == ["POSSIBLE_DUPLICATE"]
    bank.clock.move(timedelta(seconds=1))
    for to in (JUAN, SAVINGS):
        assert warned(asked(bank, transfer("100", to=to))) == []


def test_a_transfer_whose_answer_was_lost_two_minutes_ago_is_warned_of(bank: World) -> None:
    def lose() -> None:
        raise client_error("InternalServerError")

    terms = asked(bank, transfer("100"))

    def commit_and_lose(commit: Callable[[], None]) -> None:
        commit()
        lose()

    bank.connect(ScriptedDatabase(bank.client, [commit_and_lose]))
    assert code_of(confirmed(bank, terms, transfer("100"))) == "TEMPORARILY_UNAVAILABLE"
    bank.clock.move(timedelta(minutes=2, seconds=1))
    again = asked(bank, transfer("100", description="Como te dije"), session_id="session-2")
    assert warned(again) == ["POSSIBLE_DUPLICATE"]
    assert bank.balance(JUAN) == 100


@pytest.mark.parametrize("is_careless", [False, True])
def test_two_yeses_to_one_transfer_at_once_are_one_transfer_and_a_question(
    bank: World, *, is_careless: bool
) -> None:
    first, second = (asked(bank, transfer("100")) for _ in range(2))

    def say_the_other_yes() -> None:
        set_limits(bank)
        assert code_of(confirmed(bank, second, transfer("100"))) is None

    script = [after(say_the_other_yes)]
    bank.connect(
        CarelessDatabase(bank.client, lambda _: True, script)
        if is_careless
        else ScriptedDatabase(bank.client, script)
    )
    body = confirmed(bank, first, transfer("100"))
    assert code_of(body) == (None if is_careless else "TERMS_CHANGED")
    assert bank.balance(JUAN) == (200 if is_careless else 100)
    if not is_careless:
        assert warned(body) == ["POSSIBLE_DUPLICATE"]


def test_money_from_a_credit_account_is_borrowed(bank: World) -> None:
    assert warned(asked(bank, transfer("100", source=CREDIT))) == ["CASH_FROM_CREDIT"]
    assert warned(asked(bank, transfer("100", source=CREDIT, to=SAVINGS))) == ["CASH_FROM_CREDIT"]
    assert warned(asked(bank, transfer("100"))) == []


@pytest.mark.parametrize("is_careless", [False, True])
def test_an_account_that_becomes_one_of_credit_before_the_commit_is_warned_of_first(
    bank: World, *, is_careless: bool
) -> None:
    terms = asked(bank, transfer("100"))
    lend = partial(bank.account, "user-maria", MARIA, "9000", account_type="credit")
    script = [after(lambda: lend(credit_limit=1000))]
    bank.connect(
        CarelessDatabase(bank.client, lambda write: write.table.endswith("accounts"), script)
        if is_careless
        else ScriptedDatabase(bank.client, script)
    )
    body = confirmed(bank, terms, transfer("100"))
    assert code_of(body) == (None if is_careless else "TERMS_CHANGED")


@pytest.mark.parametrize(
    ("name", "is_warned"),
    [("Eva Ruiz", False), ("EVA RUIZ", False), ("Eva Gómez", True), ("Juan López García", True)],
)
def test_a_name_that_is_not_the_holders_is_warned_of(
    bank: World, name: str, *, is_warned: bool
) -> None:
    body = asked(bank, NEW_BENEFICIARY | {"name": name}, operation="addBeneficiary")
    assert warned(body) == (["NAME_DIFFERS"] if is_warned else [])
    assert body["confirmation"]["terms"]["holder"] == "Eva R***"


# --- Who holds the account -------------------------------------------------------------------


def held_by(bank: World, name: Any) -> None:
    """Let the bank's books name another holder of Eva's account, with no other change."""
    bank.client.update_item(
        TableName="centli-accounts",
        Key={"user_id": {"S": "user-eva"}, "account_id": {"S": EVA}},
        UpdateExpression="SET holder_name = :name",
        ExpressionAttributeValues={":name": {"S": name}},
    )


CALLS = [("createTransfer", transfer("1", to=EVA)), ("addBeneficiary", NEW_BENEFICIARY)]


@pytest.mark.parametrize(("operation", "arguments"), CALLS)
@pytest.mark.parametrize("shown", [None, "Eva Ruiz", "E" * 300])
@pytest.mark.parametrize("is_careless", [False, True])
def test_another_holder_between_the_decision_and_the_commit_is_shown_first(
    bank: World,
    operation: str,
    arguments: dict[str, Any],
    shown: str | None,
    *,
    is_careless: bool,
) -> None:
    known = {} if shown is None else {"holder_name": shown}
    bank.account("user-eva", EVA, "0.00", **known)
    terms = asked(bank, arguments, operation=operation)
    script = [after(partial(held_by, bank, "Pedro Páramo"))]
    bank.connect(
        CarelessDatabase(bank.client, lambda write: write.table.endswith("accounts"), script)
        if is_careless
        else ScriptedDatabase(bank.client, script)
    )
    body = confirmed(bank, terms, arguments, operation=operation)
    assert code_of(body) == (None if is_careless else "TERMS_CHANGED")


@pytest.mark.parametrize(("operation", "arguments"), CALLS)
def test_an_account_that_is_blocked_between_the_decision_and_the_commit_is_not_taken(
    bank: World, operation: str, arguments: dict[str, Any]
) -> None:
    terms = asked(bank, arguments, operation=operation)
    block = partial(bank.account, "user-eva", EVA, "0.00", holder_name="Eva Ruiz", status="blocked")
    bank.connect(ScriptedDatabase(bank.client, [after(block)]))
    body = confirmed(bank, terms, arguments, operation=operation)
    assert code_of(body) == "ACCOUNT_NOT_FOUND"


@pytest.mark.parametrize("name", ["", "E" * 200, "E" * 300, 7, None])
@pytest.mark.parametrize(("operation", "arguments"), CALLS)
def test_whatever_the_books_have_for_a_holder_the_account_can_be_paid(
    bank: World, operation: str, arguments: dict[str, Any], name: Any
) -> None:
    bank.account("user-eva", EVA, "0.00", holder_name=name)
    terms = asked(bank, arguments, operation=operation)
    assert code_of(confirmed(bank, terms, arguments, operation=operation)) is None


# --- What a session keeps --------------------------------------------------------------------


def test_of_two_proofs_of_the_same_call_the_newer_counts(bank: World) -> None:
    first = bank.proof(asked(bank, transfer("100")))
    assert code_of(asked(bank, transfer("100"), attributes={"confirmation": first})) is None
    bank.clock.move(timedelta(minutes=5))
    second = bank.proof(asked(bank, transfer("100")))
    for kept in (f"{first} {second}", f"{second} {first}"):
        body = asked(bank, transfer("100"), attributes={"confirmation": kept})
        assert code_of(body) is None
        assert bank.balance(JUAN) == 200
