"""A proof of a yes counts for its very call and in its time, wherever the settings ask for one."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.confirmation import TERMS_WANTED, VALID_FOR, Asked
from shared.operations import Operation
from tests.support.doors import (
    BY_ID,
    CONFIRMED,
    DOORS,
    USER,
    Answer,
    Door,
    at_agent,
    at_bus,
    everything,
    leads_to,
    right,
    settings,
)
from tests.support.world import World

# --- Proofs that are none --------------------------------------------------------------------


@dataclass
class Attempt:
    """A call with a proof that was minted for it; a test changes one of its parts."""

    bank: World
    operation: Operation
    door: Door
    proof: str
    asked: dict[str, Any]
    arguments: dict[str, Any]
    user_id: str = USER
    request_id: str = "request-1"
    more: dict[str, Any] = field(default_factory=dict)

    def send(self) -> Answer:
        return self.door(
            self.bank,
            self.operation,
            user_id=self.user_id,
            request_id=self.request_id,
            proof=self.proof,
            **self.arguments,
        )


def _tampered(text: str, position: int) -> str:
    """Return a proof with one character of one of its fields changed, counted from the right."""
    fields = text.rsplit(".", 4)
    held = fields[position]
    fields[position] = ("B" if held[0] != "B" else "C") + held[1:]
    return ".".join(fields)


def _of_other_user(attempt: Attempt) -> Attempt:
    return replace(attempt, user_id="user-carlos")


def _of_other_request(attempt: Attempt) -> Attempt:
    return replace(attempt, request_id="request-2")


def _with_other_text(attempt: Attempt) -> Attempt:
    name, value = next((n, v) for n, v in attempt.arguments.items() if isinstance(v, str))
    return replace(attempt, arguments=attempt.arguments | {name: f"{value}s"})


def _with_other_number(attempt: Attempt) -> Attempt:
    numbers = ((n, v) for n, v in attempt.arguments.items() if isinstance(v, int | Decimal))
    name, value = next(numbers, (None, None))
    if name is None:
        pytest.skip("this operation has no number")
    more = Decimal("0.01") if isinstance(value, Decimal) else 1
    return replace(attempt, arguments=attempt.arguments | {name: value + more})


def _of_other_operation(attempt: Attempt) -> Attempt:
    reached = (o for o in CONFIRMED if leads_to(attempt.door, o))
    other = next(o for o in reached if o is not attempt.operation)
    return replace(attempt, operation=other, arguments=right(other))


def _minted_by_another_key(attempt: Attempt) -> Attempt:
    return replace(attempt, proof=attempt.bank.proof(attempt.asked, key="another-key"))


def _cut(attempt: Attempt) -> Attempt:
    return replace(attempt, proof=attempt.proof[:-1])


def _challenge_alone(attempt: Attempt) -> Attempt:
    return replace(attempt, proof=attempt.asked["confirmation"]["challenge"])


def _with_later_expiry(attempt: Attempt) -> Attempt:
    fields = attempt.proof.rsplit(".", 4)
    fields[1] = str(int(fields[1]) + 600)
    return replace(attempt, proof=".".join(fields))


def _with_a_warning_added(attempt: Attempt) -> Attempt:
    fields = attempt.proof.rsplit(".", 4)
    fields[3] += "~POSSIBLE_DUPLICATE"
    return replace(attempt, proof=".".join(fields))


def _junk(attempt: Attempt) -> Attempt:
    return replace(attempt, proof="yes")


def test_what_is_asked_for_is_of_a_customer_an_operation_and_its_arguments() -> None:
    asked = Asked("user-maria", "createTransfer", "fingerprint", "request-1")
    others = [asked._replace(**{name: "another"}) for name in asked._fields]
    assert [other.digest == asked.digest for other in others] == [False, False, False, True]


BAD = [
    _of_other_user,
    _of_other_request,
    _with_other_text,
    _with_other_number,
    _of_other_operation,
    _minted_by_another_key,
    _cut,
    _challenge_alone,
    _with_later_expiry,
    _with_a_warning_added,
    _junk,
    *(
        pytest.param(lambda a, p=p: replace(a, proof=_tampered(a.proof, p)), id=f"tampered {p}")
        for p in range(-4, 0)
    ),
]


@pytest.mark.parametrize("changed", BAD)
def test_a_proof_that_is_not_of_this_very_call_does_nothing(
    bank: World, operation: Operation, door: Door, changed: Callable[[Attempt], Attempt]
) -> None:
    _, asked = door(bank, operation, **right(operation))
    attempt = Attempt(bank, operation, door, bank.proof(asked), asked, right(operation))
    before = everything(bank)
    code, body = changed(attempt).send()
    assert code == "CONFIRMATION_INVALID"
    assert "confirmation" not in body
    assert everything(bank) == before
    assert attempt.send()[0] is None  # the right one still counts


def test_a_proof_counts_until_it_expires_and_not_a_second_longer(
    bank: World, operation: Operation, door: Door
) -> None:
    _, asked = door(bank, operation, **right(operation))
    proof = bank.proof(asked)
    bank.clock.move(VALID_FOR + timedelta(seconds=1))
    before = everything(bank)
    assert door(bank, operation, proof=proof, **right(operation))[0] == "CONFIRMATION_EXPIRED"
    assert everything(bank) == before
    bank.clock.move(-timedelta(seconds=1))
    assert door(bank, operation, proof=proof, **right(operation))[0] is None
    bank.clock.move(timedelta(days=3))
    assert door(bank, operation, proof=proof, **right(operation))[0] is None  # its first outcome
    assert len(bank.records()) == 1


def test_a_proof_used_twice_or_at_two_doors_is_one_change(
    bank: World, operation: Operation
) -> None:
    _, asked = at_agent(bank, operation, **right(operation))
    proof = bank.proof(asked)
    assert at_agent(bank, operation, proof=proof, **right(operation))[0] is None
    once = bank.snapshot()
    assert at_agent(bank, operation, proof=proof, session_id="session-2", **right(operation))[1][
        "repeated"
    ]
    for door in DOORS.values():
        if leads_to(door, operation):
            assert door(bank, operation, proof=proof, **right(operation))[0] is None
    assert at_agent(bank, operation, proof=proof, request_id=None, **right(operation))[0] is None
    for table in bank.snapshot().keys() - {"requests"}:
        assert bank.snapshot()[table] == once[table]
    assert len(bank.records()) == 1


def test_of_several_proofs_the_one_of_this_call_counts(bank: World, operation: Operation) -> None:
    proofs = []
    for other in CONFIRMED:
        _, asked = at_agent(bank, other, request_id=None, **right(other))
        proofs.append(bank.proof(asked))
    code, _ = at_agent(
        bank, operation, request_id=None, proof="  ".join(proofs), **right(operation)
    )
    assert code is None


def test_nobody_is_asked_about_what_an_id_was_used_for(bank: World, door: Door) -> None:
    operation = BY_ID["createTransfer"]
    wanted = right(operation)
    _, asked = door(bank, operation, **wanted)
    _, done = door(bank, operation, proof=bank.proof(asked), **wanted)
    code, again = door(bank, operation, **wanted)
    assert (code, again["transaction_id"]) == (None, done["transaction_id"])
    code, body = door(bank, operation, **wanted | {"amount": 1})
    assert (code, "confirmation" in body) == ("REQUEST_ID_REUSED", False)


def test_without_an_id_of_the_caller_each_asking_is_a_request_of_its_own(bank: World) -> None:
    operation = BY_ID["createTransfer"]
    ids = {
        at_agent(bank, operation, request_id=None, **right(operation))[1]["confirmation"][
            "request_id"
        ]
        for _ in range(3)
    }
    assert len(ids) == 3


# --- Where a proof is asked ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "asks_agents", "asks_bus"),
    [("agents", True, False), ("always", True, True), ("never", False, False)],
)
def test_the_setting_says_where_a_proof_is_asked(
    bank: World, operation: Operation, where: str, *, asks_agents: bool, asks_bus: bool
) -> None:
    bank.rebuild(settings=settings(require_confirmation=where))
    for door, asks in ((at_agent, asks_agents), (at_bus, asks_bus)):
        if not leads_to(door, operation):
            continue
        code, _ = door(bank, operation, request_id=door.__name__, **right(operation))
        assert (code == "CONFIRMATION_REQUIRED") is asks
        if not asks and operation.operation_id == "addBeneficiary":
            break  # the second door would find the alias taken


def test_a_proof_that_is_given_is_checked_also_where_none_is_asked(
    bank: World, operation: Operation, door: Door
) -> None:
    bank.rebuild(settings=settings(require_confirmation="never"))
    before = everything(bank)
    assert door(bank, operation, proof="1.x.1.a.b.c", **right(operation))[0] == (
        "CONFIRMATION_INVALID"
    )
    assert everything(bank) == before


@pytest.mark.parametrize("where", ["agents", "always", "never"])
def test_who_asks_for_the_terms_is_told_them_and_can_confirm_them_wherever_it_is(
    bank: World, operation: Operation, door: Door, where: str
) -> None:
    bank.rebuild(settings=settings(require_confirmation=where))
    before = everything(bank)
    code, asked = door(bank, operation, proof=TERMS_WANTED, **right(operation))
    assert code == "CONFIRMATION_REQUIRED"
    assert everything(bank) == before
    code, _ = door(bank, operation, proof=bank.proof(asked), **right(operation))
    assert code is None
    assert everything(bank) != before


def test_a_session_that_the_test_user_stands_in_for_is_asked_for_no_proof(
    bank: World, operation: Operation
) -> None:
    bank.rebuild(settings=settings(require_confirmation="always", test_user_id=USER))
    status, _ = bank.call(operation.operation_id, user_id=None, yes=False, **right(operation))
    assert status == 200
    status, _ = bank.call(operation.operation_id, yes=False, **right(operation))
    assert status in (428, 409)


# --- KMS -------------------------------------------------------------------------------------


def test_when_kms_does_not_answer_nothing_moves(
    bank: World, operation: Operation, door: Door
) -> None:
    _, asked = door(bank, operation, **right(operation))
    proof = bank.proof(asked)
    before = everything(bank)
    for denied, is_out_of_reach in (({"VerifyMac"}, False), (set[str](), True)):
        bank.kms.denied, bank.kms.is_out_of_reach = denied, is_out_of_reach
        try:
            code, _ = door(bank, operation, proof=proof, **right(operation))
        except Exception as error:  # noqa: BLE001 the bus tries such an event again
            code = str(error)
        assert code == "TEMPORARILY_UNAVAILABLE"
    assert everything(bank) == before
    bank.kms.is_out_of_reach = False
    assert door(bank, operation, proof=proof, **right(operation))[0] is None
