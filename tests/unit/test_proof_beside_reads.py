"""KMS checks a proof while the change is decided, and its word comes before the decision's."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, get_ident
from typing import Any

import pytest

from shared.confirmation import VALID_FOR, KmsMacCheck
from shared.meanwhile import Begin, at_once, in_a_thread
from tests.support.arguments import OPERATIONS, RIGHT, furnish
from tests.support.doors import DOORS, USER, Door, everything, settings
from tests.support.faults import client_error
from tests.support.world import SETTINGS, World, world

[TRANSFER] = [operation for operation in OPERATIONS if operation.operation_id == "createTransfer"]
ARGUMENTS = dict(RIGHT[TRANSFER.operation_id])
FAR_LONGER_THAN_IT_TAKES = 30

Proven = Callable[[World, Door, str], None]
"""Makes what the proven call meets when it comes."""


@pytest.fixture
def bank() -> Iterator[World]:
    with world() as bank:
        furnish(bank)
        bank.rebuild(settings=settings(require_confirmation="always"))
        yield bank


@pytest.fixture(params=DOORS.values(), ids=DOORS)
def door(request: pytest.FixtureRequest) -> Door:
    found: Door = request.param
    return found


def _as_it_was(_bank: World, _door: Door, _proof: str) -> None:
    """Change nothing."""


def _without_money(bank: World, _door: Door, _proof: str) -> None:
    bank.account(USER, "acc-maria-checking", "1.00", version=7)


def _with_another_holder(bank: World, _door: Door, _proof: str) -> None:
    bank.account("user-juan", "acc-juan-checking", "0.00", holder_name="Otra Persona")


def _done_before(bank: World, door: Door, proof: str) -> None:
    assert door(bank, TRANSFER, proof=proof, **ARGUMENTS)[0] is None


def _too_late(bank: World, _door: Door, _proof: str) -> None:
    bank.clock.move(VALID_FOR + timedelta(seconds=1))


def _too_late_and_done_before(bank: World, door: Door, proof: str) -> None:
    _done_before(bank, door, proof)
    _too_late(bank, door, proof)


def _with_reads_that_fail(bank: World, _door: Door, _proof: str) -> None:
    def fail(operation: str, arguments: Any, do: Callable[[Any], Any]) -> Any:
        if operation == "BatchGetItem":
            raise client_error("InternalServerError")
        return do(arguments)

    bank.client.around = fail


MET: dict[str, tuple[Proven, str | None]] = {
    "as it was": (_as_it_was, None),
    "without money": (_without_money, "INSUFFICIENT_FUNDS"),
    "another holder": (_with_another_holder, "TERMS_CHANGED"),
    "done before": (_done_before, None),
    "too late": (_too_late, "CONFIRMATION_EXPIRED"),
    "too late, done before": (_too_late_and_done_before, None),
    "reads that fail": (_with_reads_that_fail, "TEMPORARILY_UNAVAILABLE"),
}
"""What the call meets, and the code that it is told then with a proof that is right."""


def told(bank: World, door: Door, proof: str) -> tuple[str | None, Any]:
    """Return the code and the body; on the bus what cannot be answered now is an error."""
    try:
        return door(bank, TRANSFER, proof=proof, **ARGUMENTS)
    except Exception as error:  # noqa: BLE001 the bus tries such an event again
        return str(error), None


def proofs(bank: World, door: Door) -> tuple[str, str]:
    """Return a proof of the transfer that is right, and one whose MAC is another key's."""
    _, asked = door(bank, TRANSFER, **ARGUMENTS)
    return bank.proof(asked), bank.proof(asked, key="another-key")


@pytest.mark.parametrize("begin", [at_once, in_a_thread])
@pytest.mark.parametrize(("meet", "code"), MET.values(), ids=MET)
def test_whatever_is_decided_a_wrong_proof_is_told_only_that_it_is_wrong(
    bank: World, door: Door, meet: Proven, code: str | None, begin: Begin
) -> None:
    bank.rebuild(begin=begin)
    right, wrong = proofs(bank, door)
    meet(bank, door, right)
    before = everything(bank)

    assert told(bank, door, wrong)[0] == "CONFIRMATION_INVALID"
    bank.kms.is_out_of_reach = True
    assert told(bank, door, right)[0] == "TEMPORARILY_UNAVAILABLE"
    assert everything(bank) == before

    bank.kms.is_out_of_reach = False
    assert told(bank, door, right)[0] == code  # so each of these would be told without KMS


@pytest.mark.parametrize("begin", [at_once, in_a_thread])
def test_a_proof_that_cannot_be_checked_is_logged_under_the_ids_of_its_request(
    bank: World, begin: Begin, capsys: pytest.CaptureFixture[str]
) -> None:
    bank.rebuild(begin=begin)
    right, _ = proofs(bank, DOORS["bus"])
    bank.kms.is_out_of_reach = True
    capsys.readouterr()

    assert told(bank, DOORS["bus"], right)[0] == "TEMPORARILY_UNAVAILABLE"
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [line] = [line for line in lines if line["message"] == "proof not checked"]
    assert (line.get("operation"), "correlation_id" in line) == ("createTransfer", True)


@pytest.mark.parametrize(("begin", "is_beside"), [(in_a_thread, True), (at_once, False)])
def test_a_deployed_function_asks_kms_and_reads_at_the_same_time(
    bank: World, begin: Begin, is_beside: bool
) -> None:
    right, _ = proofs(bank, DOORS["agent"])
    has_read, was_beside = Event(), []

    def read(_operation: str, arguments: Any, do: Callable[[Any], Any]) -> Any:
        has_read.set()
        return do(arguments)

    kms_check = KmsMacCheck(lambda: bank.kms, SETTINGS.confirmation_key_arn)

    def is_mac(message: bytes, mac: bytes) -> bool:
        was_beside.append(has_read.wait(FAR_LONGER_THAN_IT_TAKES if is_beside else 0))
        return kms_check(message, mac)

    bank.client.around = read
    bank.rebuild(begin=begin, is_mac=is_mac)

    assert told(bank, DOORS["agent"], right)[0] is None
    assert was_beside == [is_beside]


@pytest.mark.parametrize(("begin", "is_other"), [(in_a_thread, True), (at_once, False)])
def test_what_is_begun_is_done_once_and_tells_each_time_what_came_of_it(
    begin: Begin, is_other: bool
) -> None:
    threads: list[int] = []

    def fail() -> None:
        threads.append(get_ident())
        raise LookupError("it failed")

    wait = begin(fail)
    for _ in range(2):
        with pytest.raises(LookupError, match="it failed"):
            wait()
    assert [thread != get_ident() for thread in threads] == [is_other]
    assert begin(lambda: 7)() == 7
