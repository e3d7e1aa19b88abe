"""A listing is resumed by its owner's token alone, whatever else is given for one."""

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_groups.core_banking.operations.transactions import TransactionsQuery
from shared.dynamodb import DynamoDB
from shared.errors import PageTokenNotFound
from shared.identity import Caller
from shared.paging import issue_token, position_of
from tests.support.faults import client_error
from tests.support.listing import add_history, all_of, timestamp
from tests.support.world import World


@pytest.fixture
def history(bank: World) -> World:
    add_history(bank)
    return bank


MARIA = Caller("user-maria")
KEYS = ("account_id", "timestamp_txn_id", "user_id")


def token_of(bank: World, **query: str) -> str:
    token = bank.call("listTransactions", **{"limit": "2"} | query)[1]["next_token"]
    assert isinstance(token, str)
    return token


def refused(bank: World, token: str, **query: Any) -> None:
    status, body = bank.call("listTransactions", next_token=token, **query)
    assert (status, body["error"]["code"]) == (404, PageTokenNotFound.code), ascii(token)


def test_a_token_may_go_with_another_limit(history: World) -> None:
    token = token_of(history)
    assert history.call("listTransactions", next_token=token, limit="50")[0] == 200


def test_somebody_elses_token_is_not_found(history: World) -> None:
    for number in range(5):
        history.transaction("acc-juan", timestamp(number), user_id="user-juan")
    refused(history, token_of(history), user_id="user-juan")
    refused(history, token_of(history, user_id="user-juan"))


def test_somebody_elses_token_of_what_all_may_see_is_not_found(bank: World) -> None:
    for number in range(3):
        bank.product(f"prod-{number}", price=Decimal("10.00"), stock=1)
    _, body = bank.call("searchProducts", limit="1")
    token = body["next_token"]
    assert bank.call("searchProducts", next_token=token)[0] == 200
    status, body = bank.call("searchProducts", next_token=token, user_id="user-juan")
    assert (status, body["error"]["code"]) == (404, PageTokenNotFound.code)


@pytest.mark.parametrize(
    "other",
    [
        {"account_id": "acc-maria"},
        {"from_date": "2026-11-01"},
        {"to_date": "2026-11-30"},
        {"type": "deposit"},
    ],
)
def test_a_token_of_other_filters_is_not_found(history: World, other: dict[str, str]) -> None:
    refused(history, token_of(history), **other)
    refused(history, token_of(history, **other))


def test_a_token_of_another_listing_is_not_found(history: World) -> None:
    for number in range(3):
        history.beneficiary("user-maria", f"ben-{number}", f"alias {number}")
    token = history.call("listBeneficiaries", limit="1")[1]["next_token"]
    refused(history, token)
    status, body = history.call("listBeneficiaries", next_token=token_of(history))
    assert (status, body["error"]["code"]) == (404, PageTokenNotFound.code)


def test_a_token_of_another_listing_with_the_same_keys_and_filters_is_not_found() -> None:
    class OtherQuery(TransactionsQuery):
        pass

    token = issue_token(MARIA, TransactionsQuery(), dict.fromkeys(KEYS, "x"))
    assert position_of(MARIA, TransactionsQuery(), token, KEYS) == dict.fromkeys(KEYS, "x")
    with pytest.raises(PageTokenNotFound):
        position_of(MARIA, OtherQuery(), token, KEYS)


def test_an_altered_token_is_not_found(history: World) -> None:
    token = token_of(history)
    for position in range(len(token)):
        other = "A" if token[position] != "A" else "B"
        altered = token[:position] + other + token[position + 1 :]
        try:
            same = decoded(altered) == decoded(token)
        except ValueError:
            same = False
        if not same:
            refused(history, altered)


def test_a_truncated_or_extended_token_is_not_found(history: World) -> None:
    token = token_of(history)
    for length in range(1, len(token)):
        refused(history, token[:length])
    for more in ("A", "AAAA", " ", "\n"):
        refused(history, token + more)


@pytest.mark.parametrize(
    "garbage",
    [
        "x",
        "=",
        "====",
        "ñ",
        "１２３",
        "-",
        "_" * 1024,
        "\x00",
        "%00",
        "' OR 1=1",
        "../../etc/passwd",
        "W10",
        "e30",
        "bnVsbA",
        "W1tdLFtdXQ",
        "/w==",
    ],
)
def test_garbage_is_not_found(history: World, garbage: str) -> None:
    refused(history, garbage)


def decoded(token: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))


def encoded(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@given(
    content=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    )
)
def test_no_json_but_an_issued_token_is_a_position(content: Any) -> None:
    for token in (encoded(content), encoded([content, "0" * 32]), encoded([{}, content])):
        with pytest.raises(PageTokenNotFound):
            position_of(MARIA, TransactionsQuery(), token, KEYS)


@pytest.mark.parametrize(
    "text", ["[1e9999999999999999999, 2]", "[2, 1e-9999999999999999999]", "[" * 750, "1" * 750]
)
def test_a_token_with_a_number_or_a_depth_out_of_all_bounds_is_not_found(
    history: World, text: str
) -> None:
    refused(history, base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"account_id": "acc-maria"},
        {"account_id": "acc-maria", "timestamp_txn_id": "x", "user_id": ""},
        {"account_id": "acc-maria", "timestamp_txn_id": "x", "user_id": 5},
        {"account_id": "acc-maria", "timestamp_txn_id": "x", "user_id": "u", "more": "x"},
        {"account_id": "acc-maria", "timestamp_txn_id": None, "user_id": "user-maria"},
        {"account_id": {"S": "x"}, "timestamp_txn_id": "x", "user_id": "user-maria"},
        {"account_id": "\ud800", "timestamp_txn_id": "x", "user_id": "user-maria"},
    ],
)
def test_a_forged_token_whose_position_is_no_key_is_not_found(
    history: World, key: dict[str, Any]
) -> None:
    """Whoever reads the source can compute the digest: it must not be what protects."""
    refused(history, forged(key))


def forged(key: dict[str, Any], **query: Any) -> str:
    try:
        return issue_token(MARIA, TransactionsQuery(**query), key)
    except UnicodeEncodeError:
        return encoded([key, "0" * 32])


@pytest.mark.parametrize(
    ("key", "query"),
    [
        ({"account_id": "acc-juan", "timestamp_txn_id": "9", "user_id": "user-juan"}, {}),
        ({"account_id": "acc-juan", "timestamp_txn_id": "~~~", "user_id": "user-maria"}, {}),
        (
            {"account_id": "acc-maria", "timestamp_txn_id": "2027", "user_id": "user-maria"},
            {"to_date": "2026-11-01"},
        ),
        (
            {"account_id": "acc-maria", "timestamp_txn_id": "2020", "user_id": "user-maria"},
            {"from_date": "2026-11-01"},
        ),
        (
            {"account_id": "acc-juan", "timestamp_txn_id": "2026-11-20"},
            {"account_id": "acc-maria"},
        ),
    ],
)
def test_a_forged_position_outside_the_listing_is_not_found_and_shows_nothing_of_others(
    history: World, key: dict[str, str], query: dict[str, str]
) -> None:
    assert all_of(history, limit="3", **query), "an issued token passes the check"
    refused(history, forged(key, **query), **query)


def test_a_forged_position_within_the_listing_shows_the_callers_own_records(history: World) -> None:
    key = {"account_id": "acc-juan", "timestamp_txn_id": "2026-11-20", "user_id": "user-maria"}
    status, body = history.call("listTransactions", next_token=forged(key))
    assert status == 200
    assert {t["account_id"] for t in body["transactions"]} <= {"acc-maria", "acc-maria-savings"}


def test_a_failure_of_a_first_page_is_not_taken_for_a_bad_token(bank: World) -> None:
    class Failing(DynamoDB):
        def query(self, *_args: Any, **_query: Any) -> Any:
            raise client_error("ValidationException")

    bank.connect(Failing(bank.client))
    assert bank.call("listTransactions")[0] == 503
