"""In a day a customer is shown few holders of accounts never paid: terms are no directory."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from typing import Any

import pytest

from shared.limits import MAX_TERMS_ASKED
from shared.requests import TRIED_FOR
from tests.support.faults import CarelessDatabase, ScriptedDatabase, after, cancelled, client_error
from tests.support.limits import (
    EVA,
    JUAN,
    MARIA,
    MIDNIGHT,
    NEW_BENEFICIARY,
    SAVINGS,
    asked,
    bank_with_limits,
    code_of,
    limits_of,
    of,
    sent,
    set_limits,
    transfer,
)
from tests.support.world import World


@pytest.fixture
def bank() -> Iterator[World]:
    with bank_with_limits() as bank:
        yield bank


@pytest.mark.parametrize(
    ("operation", "arguments", "is_counted"),
    [
        ("createTransfer", transfer("1", to=EVA), True),
        ("createTransfer", transfer("1", to="acc-of-nobody"), True),
        ("createTransfer", transfer("1", to="acc-eva-blocked"), True),
        ("createTransfer", transfer("1", to="acc-eva-dollars"), True),
        ("createTransfer", transfer("60000", to=EVA), True),
        ("createTransfer", transfer("1", to=JUAN), False),
        ("createTransfer", transfer("1", to=SAVINGS), False),
        ("createTransfer", transfer("999999", to=EVA), False),
        ("createTransfer", transfer("1", to=EVA, source="acc-of-nobody"), False),
        ("addBeneficiary", NEW_BENEFICIARY, True),
        ("addBeneficiary", NEW_BENEFICIARY | {"account_id": "acc-of-nobody"}, True),
        ("addBeneficiary", NEW_BENEFICIARY | {"account_id": JUAN}, False),
        ("addBeneficiary", NEW_BENEFICIARY | {"account_id": SAVINGS}, False),
    ],
)
def test_terms_are_counted_of_accounts_that_were_never_paid_and_are_not_the_customers(
    bank: World, operation: str, arguments: dict[str, Any], *, is_counted: bool
) -> None:
    others = {t: items for t, items in bank.snapshot().items() if t != "limits"}
    answers = [
        code_of(asked(bank, arguments, operation=operation)) for _ in range(MAX_TERMS_ASKED + 1)
    ]
    assert len(set(answers[:-1])) == 1
    assert (answers[-1] == "TERMS_LIMIT") is is_counted
    assert limits_of(bank, "terms").get("asked", 0) == (MAX_TERMS_ASKED if is_counted else 0)
    assert {t: items for t, items in bank.snapshot().items() if t != "limits"} == others


def test_terms_beyond_the_limit_say_nothing_of_the_account(bank: World) -> None:
    for _ in range(MAX_TERMS_ASKED):
        asked(bank, transfer("1", to="acc-of-nobody"))
    bodies = [asked(bank, transfer("1", to=to)) for to in (EVA, "acc-of-nobody", "acc-eva-blocked")]
    bodies.append(asked(bank, NEW_BENEFICIARY, operation="addBeneficiary"))
    assert [body["error"] for body in bodies] == [bodies[0]["error"]] * 4
    assert bodies[0].keys() == {"error"}
    assert sent(bank, "1") is None, "whom the customer has paid may be paid"
    assert code_of(asked(bank, transfer("1", to=MARIA, source=SAVINGS))) == "CONFIRMATION_REQUIRED"


def test_terms_are_counted_by_the_banks_day_whatever_a_clock_that_is_behind_says(
    bank: World,
) -> None:
    bank.clock.now = MIDNIGHT - timedelta(seconds=1)
    for _ in range(MAX_TERMS_ASKED):
        asked(bank, transfer("1", to=EVA))
    assert code_of(asked(bank, transfer("1", to=EVA))) == "TERMS_LIMIT"
    bank.clock.now = MIDNIGHT
    codes = []
    for number in range(MAX_TERMS_ASKED + 2):  # two workers, whose clocks differ by two seconds
        bank.clock.now = MIDNIGHT + timedelta(seconds=-1 if number % 2 else 1)
        codes.append(code_of(asked(bank, transfer("1", to=EVA))))
    assert Counter(codes) == {"CONFIRMATION_REQUIRED": MAX_TERMS_ASKED, "TERMS_LIMIT": 2}


def test_each_customer_has_a_count_of_terms_and_what_asks_for_a_proof_alone_is_counted(
    bank: World,
) -> None:
    bank.account("user-pia", "acc-pia", "10.00")
    for _ in range(MAX_TERMS_ASKED):
        asked(bank, transfer("1", to=EVA))
    by_pia = asked(bank, transfer("1", to=EVA, source="acc-pia"), user_id="user-pia")
    assert code_of(by_pia) == "CONFIRMATION_REQUIRED"
    data = {"from_account": MARIA, "to_account": EVA, "amount": 1}
    assert "error" not in bank.send("core_banking", "TRANSFER_REQUEST", data)["data"]


@pytest.mark.parametrize("is_begun", [False, True])
def test_terms_that_are_asked_for_at_once_are_all_counted(bank: World, *, is_begun: bool) -> None:
    if is_begun:
        asked(bank, transfer("1", to=EVA))

    def ask_first() -> None:
        set_limits(bank)
        for _ in range(MAX_TERMS_ASKED - is_begun):
            asked(bank, transfer("1", to=EVA))

    bank.connect(ScriptedDatabase(bank.client, [after(ask_first)]))
    assert code_of(asked(bank, transfer("1", to=EVA))) == "TERMS_LIMIT"
    assert limits_of(bank, "terms")["asked"] == MAX_TERMS_ASKED


def test_without_its_condition_more_terms_are_shown_than_are_counted(bank: World) -> None:
    asked(bank, transfer("1", to=EVA))

    def ask_first() -> None:
        set_limits(bank)
        for _ in range(MAX_TERMS_ASKED - 1):
            asked(bank, transfer("1", to=EVA))

    bank.connect(CarelessDatabase(bank.client, of("terms"), [after(ask_first)]))
    assert code_of(asked(bank, transfer("1", to=EVA))) == "CONFIRMATION_REQUIRED"


@pytest.mark.parametrize("operation", ["createTransfer", "addBeneficiary"])
def test_terms_that_others_keep_from_being_counted_are_counted_once_when_these_give_way(
    bank: World, operation: str
) -> None:
    waits: list[float] = []
    crowd = ScriptedDatabase(bank.client, [cancelled("TransactionConflict")] * 20)
    bank.rebuild(database=crowd, sleep=waits.append)
    arguments = transfer("1", to=EVA) if operation == "createTransfer" else NEW_BENEFICIARY
    assert code_of(asked(bank, arguments, operation=operation)) == "CONFIRMATION_REQUIRED"
    assert limits_of(bank, "terms")["asked"] == 1
    assert len(waits) == 20
    assert min(waits) > 0


def test_terms_that_others_keep_from_being_counted_for_too_long_are_not_shown(bank: World) -> None:
    begun = bank.clock.now
    bank.rebuild(
        database=ScriptedDatabase(bank.client, repeat(cancelled("TransactionConflict"))),
        sleep=lambda seconds: bank.clock.move(timedelta(seconds=seconds)),
    )
    body = asked(bank, transfer("1", to=EVA))
    assert code_of(body) == "TEMPORARILY_UNAVAILABLE"
    assert "confirmation" not in body
    assert timedelta(0) <= bank.clock.now - begun - TRIED_FOR < timedelta(seconds=1)


def test_terms_that_cannot_be_counted_are_not_shown(bank: World) -> None:
    def fail() -> None:
        raise client_error("ThrottlingException")

    bank.connect(ScriptedDatabase(bank.client, [after(fail)]))
    body = asked(bank, transfer("1", to=EVA))
    assert "confirmation" not in body
    assert code_of(body) == "TEMPORARILY_UNAVAILABLE"
