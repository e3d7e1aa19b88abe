"""The seeds of accounts: what the history shows is what the limits know of the payees."""

import sys
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

import pytest

from scripts.seeding import all_seeds, run
from tests.support.arguments import RIGHT, furnish
from tests.support.clock_and_bus import START
from tests.support.utterances import seeded_bank
from tests.support.world import World


def test_whom_the_history_shows_as_paid_is_a_payee_known_since_then(bank: World) -> None:
    furnish(bank)
    owners = {account["account_id"]: account["user_id"] for account in bank.items("accounts")}
    first: dict[tuple[str, str], str] = {}
    for record in sorted(bank.items("transactions"), key=lambda record: record["created_at"]):
        payer, payee = record["user_id"], record.get("to_account", "")
        is_transfer = record["type"] == "transfer" and record["amount"] < 0
        if is_transfer and owners[payee] != payer:
            first.setdefault((payer, f"payee#{payee}"), record["created_at"])

    assert {
        (item["user_id"], item["subject"]): item["first_paid_at"] for item in bank.items("limits")
    } == first
    assert {subject for user, subject in first if user == "user-maria"} == {
        "payee#acc-juan-checking",
        "payee#acc-elena-checking",
        "payee#acc-carlos-checking",
    }


def test_no_payee_of_the_seeds_is_new_and_the_example_transfer_goes_to_one() -> None:
    payees = [item for item in seeded_bank().items("limits") if "first_paid_at" in item]
    known_before = START - timedelta(hours=24)

    assert all(datetime.fromisoformat(payee["first_paid_at"]) < known_before for payee in payees)
    to_account = RIGHT["createTransfer"]["to_account"]
    assert ("user-maria", f"payee#{to_account}") in {(p["user_id"], p["subject"]) for p in payees}


def test_no_account_of_the_seeds_ever_held_less_than_it_may() -> None:
    bank = seeded_bank()
    records = sorted(bank.items("transactions"), key=lambda record: record["timestamp_txn_id"])
    for account in bank.items("accounts"):
        moved = [r["amount"] for r in records if r["account_id"] == account["account_id"]]
        assert min(accumulate(moved), default=0) >= -account.get("credit_limit", 0), account


def test_what_adds_example_data_is_found_by_looking() -> None:
    found = {seed.__module__ for seed in all_seeds()}
    assert found == {f"scripts.{script.stem}" for script in Path("scripts").glob("seed_*.py")}
    assert "scripts.seed_beneficiaries" in found


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("prefix", 2)])
def test_a_seed_script_that_is_asked_for_help_or_misspelt_adds_nothing(
    monkeypatch: pytest.MonkeyPatch, argument: str, code: int
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(sys, "argv", ["seed_accounts.py", argument])

    with pytest.raises(SystemExit) as ended:
        run(lambda _client, _prefix: pytest.fail("it added"), "accounts")

    assert ended.value.code == code


def test_a_seed_script_without_a_region_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setattr(sys, "argv", ["seed_accounts.py"])

    with pytest.raises(SystemExit, match="accounts: You must specify a region"):
        run(lambda _client, _prefix: 0, "accounts")
