"""`docs/extending.md`, followed letter by letter on a copy: what it shows, what comes of it."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from console.local_stack import running
from console.ports import free_port
from shared import json_text
from shared.dynamodb import deserialize, serialize
from tests.support.extending import (
    CENTLI,
    PAGE,
    centli,
    copy_of_the_repository,
    environment_of,
    run,
    steps,
)

NEW = ("getSpendingSummary", "getPoints")
CONFIRMED = "blockAccount"
"""The one of them that needs the customer's yes; agents alone call it."""
PEER_CONFIRMED = "createTransfer"
PEER = "listBeneficiaries"
"""An operation of the specification that both doors reach, as they reach the new ones."""

CONTRACTS = (
    *("samples", "gaps", "template", "event_permissions", "openapi"),
    *("structure", "gateway_template", "template_rights"),
)
ASK_EVERYTHING = ("logs", "whatever_arrives")
"""Tests whose cases are not of one operation each."""

NEW_FILES = (
    "action_groups/core_banking/operations/spending.py",
    "action_groups/core_banking/operations/block_account.py",
    "action_groups/loyalty/__init__.py",
    "action_groups/loyalty/store.py",
    "action_groups/loyalty/operations/__init__.py",
    "action_groups/loyalty/operations/get_points.py",
)
_UP_SECONDS = 120


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str]]]:
    """Return the copy, and what the page and the command say after each step."""
    copy = copy_of_the_repository(tmp_path_factory.mktemp("extended") / "copy")
    said = []
    for step in steps(PAGE.read_text()):
        for edit in step.edits:
            edit.apply(copy)
        generated = centli(copy, "generate")
        assert generated.returncode == 0, generated.stderr
        said.append((step.said, generated.stdout))
    return copy, said


@pytest.fixture
def copy(followed: tuple[Path, list[tuple[str, str]]]) -> Path:
    return followed[0]


def gate(copy: Path, *parts: str) -> "subprocess.CompletedProcess[str]":
    return run(copy, "scripts/dev.py", "check", *parts)


def test_the_page_shows_what_is_missing_after_each_step(
    followed: tuple[Path, list[tuple[str, str]]],
) -> None:
    for shown, said in followed[1]:
        assert shown == said
    assert followed[1][-1][1].endswith("\nNothing is missing.\n")


def test_the_quick_parts_of_the_gate_pass(copy: Path) -> None:
    passed = gate(copy, "lint", "format", "schemas")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    if Path(".mypy_cache").is_dir():
        shutil.copytree(".mypy_cache", copy / ".mypy_cache")
    typed = run(copy, "-m", "mypy", *NEW_FILES)
    assert typed.returncode == 0, typed.stdout


def test_the_module_that_makes_a_folder_a_package_is_missed_by_the_lint(copy: Path) -> None:
    path = copy / "action_groups/loyalty/operations/__init__.py"
    text = path.read_text()
    path.unlink()
    try:
        missed = gate(copy, "lint")
    finally:
        path.write_text(text)
    assert missed.returncode == 1
    assert re.search(r"action_groups/loyalty/operations.+`?__init__\.py`?", missed.stdout)


def test_data_access_that_is_not_there_is_missed_by_the_types(copy: Path) -> None:
    path = copy / "action_groups/core_banking/store.py"
    text = path.read_text()
    assert text.count("def block(") == 1
    path.write_text(text.replace("def block(", "def close("))
    try:
        missed = run(copy, "-m", "mypy", "action_groups/core_banking/operations/block_account.py")
    finally:
        path.write_text(text)
    assert missed.returncode == 1
    assert '"BankStore" has no attribute "block"' in missed.stdout


def test_the_tests_find_the_new_operations_and_attack_them(copy: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    files = [f"tests/contract/test_{name}.py" for name in CONTRACTS]
    attacking = ("bad_input", "bad_envelopes", "identity", *ASK_EVERYTHING)
    files += [f"tests/unit/test_{name}.py" for name in attacking]
    chosen = " or ".join(("contract", *ASK_EVERYTHING, *NEW, PEER))
    passed = run(
        *(copy, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *files),
        *("-k", chosen, f"--junit-xml={report}"),
    )
    assert passed.returncode == 0, passed.stdout[-4000:]

    attacks: defaultdict[str, set[str]] = defaultdict(set)
    for case in ET.parse(report).iter("testcase"):
        test, _, parameters = case.attrib["name"].partition("[")
        for operation in (*NEW, PEER):
            if operation in parameters and case.attrib["classname"].startswith("tests.unit"):
                attacks[operation].add(f"{case.attrib['classname']}.{test}")
    assert len([test for test in attacks[PEER] if "test_bad_" in test]) >= 8
    assert len([test for test in attacks[PEER] if "test_identity" in test]) >= 2
    for operation in NEW:
        assert attacks[operation] == attacks[PEER]


def test_the_yes_of_the_new_change_is_attacked_as_that_of_others_is(
    copy: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.xml"
    passed = run(
        *(copy, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"),
        *("tests/unit/confirmation", "-k", f"{CONFIRMED} or {PEER_CONFIRMED}"),
        f"--junit-xml={report}",
    )
    assert passed.returncode == 0, passed.stdout[-4000:]

    attacks: defaultdict[str, set[str]] = defaultdict(set)
    for case in ET.parse(report).iter("testcase"):
        test, _, parameters = case.attrib["name"].partition("[")
        for operation in (CONFIRMED, PEER_CONFIRMED):
            if operation in parameters and case.find("skipped") is None:
                attacks[operation].add(test)
    assert attacks[CONFIRMED] == attacks[PEER_CONFIRMED]
    assert len(attacks[CONFIRMED]) > 8


def test_a_grant_that_the_examples_need_is_missed_by_name(copy: Path) -> None:
    path = copy / "template.yaml"
    text = path.read_text()
    grant = "Action: [dynamodb:GetItem], Resource: !GetAtt PointsTable.Arn"
    assert text.count(grant) == 2
    path.write_text(text.replace(grant, grant.replace("GetItem", "Query")))
    try:
        missed = run(
            *(copy, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"),
            *("tests/contract/test_gaps.py", "-k", "what_the_examples_of_its_function_do"),
        )
    finally:
        path.write_text(text)
    for function in ("centli-loyalty", "centli-loyalty-points"):
        assert f"getPoints: {function} may not dynamodb:GetItem on centli-points" in missed.stdout


def test_a_group_that_is_there_and_nowhere_else_makes_the_gate_fail(tmp_path: Path) -> None:
    lonely = copy_of_the_repository(tmp_path / "copy")
    for step in steps(PAGE.read_text()):
        for edit in step.edits:
            if edit.where == "new" and edit.file.startswith("action_groups/loyalty/"):
                edit.apply(lonely)
    failed = gate(lonely, "schemas")
    assert failed.returncode == 1
    for sentence in (
        "openapi/loyalty.yaml: missing",
        "loyalty: no function of template.yaml answers this group",
        "POINTS_QUERY: no rule of template.yaml delivers it to a function of loyalty",
    ):
        assert sentence in failed.stdout


@pytest.fixture(scope="module")
def port(followed: tuple[Path, list[tuple[str, str]]]) -> Iterator[int]:
    """The port of a stack that `centli up` of the copy deploys."""
    number = free_port()
    with subprocess.Popen(
        [sys.executable, "-c", CENTLI, "up", "--port", str(number)],
        cwd=followed[0],
        env=environment_of(followed[0]),
        stdout=subprocess.PIPE,
        text=True,
    ) as up:
        assert up.stdout is not None
        deadline = time.monotonic() + _UP_SECONDS
        while "Ctrl-C" not in (line := up.stdout.readline()):
            assert line, "centli up ended"
            assert time.monotonic() < deadline
        yield number
        up.terminate()


def test_both_doors_answer_the_new_operations(copy: Path, port: int) -> None:
    cloud = running(port)
    assert cloud is not None
    dynamodb = cloud.client("dynamodb")
    points = {"user_id": "user-maria", "points": 1250}
    dynamodb.put_item(TableName="centli-points", Item=serialize(points))

    told: defaultdict[str, list[Any]] = defaultdict(list)
    for line in re.findall(r"^ {4}centli (.+)$", PAGE.read_text(), re.MULTILINE):
        shown = centli(copy, *shlex.split(line), "--port", str(port))
        assert shown.returncode == 0, shown.stdout + shown.stderr
        answer = last_json(shown.stdout)
        for name in ("total", "points"):
            if name in (found := answer.get("data", answer)):
                told[name].append(found[name])

    records = [
        deserialize(item) for item in dynamodb.scan(TableName="centli-transactions")["Items"]
    ]
    assert told == {"points": [1250, 1250], "total": [spent_by_maria_in(records, "2026-11")] * 2}


def last_json(printed: str) -> dict[str, Any]:
    """Return what a command printed last, under its last heading."""
    found: dict[str, Any] = json_text.loads(re.split(r"^--- .+\n", printed, flags=re.MULTILINE)[-1])
    return found


def spent_by_maria_in(records: list[dict[str, Any]], month: str) -> Decimal:
    """Return the sum of what left her accounts to those of others."""
    return sum(
        -record["amount"]
        for record in records
        if record["user_id"] == "user-maria"
        and record["timestamp_txn_id"].startswith(month)
        and record["amount"] < 0
        and not str(record.get("to_account")).startswith("acc-maria")
    )


def test_what_a_command_printed_last_is_read() -> None:
    printed = f"--- request\n{json.dumps({'a': 1})}\n--- body\n{json.dumps({'b': 2})}\n"
    assert last_json(printed) == {"b": 2}
