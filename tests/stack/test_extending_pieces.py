"""Each piece that `docs/extending.md` adds by hand is taken out once: the gate says what lacks.

`centli generate --check` runs on a copy, in processes that are forked off one that has everything
loaded that is not the copy's own.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.extending import PAGE, environment_of, extended, steps

EDITS = [edit for step in steps(PAGE.read_text()) for edit in step.edits]
FORKING = """
import os, sys
import console.generate
for name in [n for n in sys.modules if n.split(".")[0] in ("action_groups", "console", "shared")]:
    del sys.modules[name]
print("ready", flush=True)
for _ in sys.stdin:
    child = os.fork()
    if not child:
        from console import cli
        code = cli.main(["generate", "--check"])
        sys.stdout.flush()
        os._exit(code)
    print("ended with", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
TEMPLATE, GATEWAY, GROUP = "template.yaml", "gateway.yaml", "action_groups/loyalty"
NO_RULE = "no rule of template.yaml delivers it to a function of"
MISSING = "template.yaml does not have it"

SPOKEN = (
    "ForAllValues:StringEquals: { events:source: core-banking, "
    "events:detail-type: [TRANSACTIONS_RESPONSE, SPENDING_RESPONSE] } } }"
)

RATED = (
    "- Dimensions: { toolName: !If [CreatesMcpServer, Bank___blockAccount, "
    'CoreBanking___blockAccount], $.context.jwt.sub: "*" }'
)
INVOKED = (
    "- !Sub arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
    "${NamePrefix}-loyalty:live"
)

# file, the line that begins what is taken out (the whole file without one), what is said
PIECES = [
    (TEMPLATE, "SpendingQuery:", f"SPENDING_QUERY: {NO_RULE} core_banking"),
    (
        TEMPLATE,
        SPOKEN,
        "SPENDING_RESPONSE: centli-core-banking-transactions may not put it on the bus",
    ),
    (TEMPLATE, "POINTS_TABLE: !Sub ${NamePrefix}-points", "POINTS_TABLE: a setting that"),
    (TEMPLATE, "PointsTable:", f"PointsTable: {MISSING}"),
    (TEMPLATE, "LoyaltyPoints: { Name: loyalty-points }", "Functions: LoyaltyPoints: "),
    (TEMPLATE, "Loyalty: { Name: loyalty }", "Functions: Loyalty: "),
    (TEMPLATE, "- LoyaltyPoints", f"LoyaltyPointsRole: {MISSING}"),
    (TEMPLATE, "- Loyalty", f"LoyaltyRole: {MISSING}"),
    (TEMPLATE, "LoyaltyPointsFunction:", f"POINTS_QUERY: {NO_RULE} loyalty"),
    (TEMPLATE, "PointsQuery:", f"POINTS_QUERY: {NO_RULE} loyalty"),
    (TEMPLATE, "LoyaltyPointsPolicy:", f"LoyaltyPointsPolicy: {MISSING}"),
    (TEMPLATE, "LoyaltyFunction:", "loyalty: no function of template.yaml answers this group"),
    (
        TEMPLATE,
        'Environment: { Variables: { DOORS: "agent,gateway" } }',
        "loyalty: centli-loyalty is not open to agents",
    ),
    (TEMPLATE, "LoyaltyPolicy:", f"LoyaltyPolicy: {MISSING}"),
    (
        TEMPLATE,
        "- !GetAtt LoyaltyPointsRole.Arn",
        "centli-loyalty-points: the policy of the bus does not name LoyaltyPointsRole",
    ),
    (
        TEMPLATE,
        'AllowedPattern: "(?!(core-banking|marketplace|crm|loyalty)$)[A-Za-z0-9._/-]{1,128}"',
        "loyalty: the parameter RequestSources may name loyalty",
    ),
    (TEMPLATE, "- ActionGroupName: loyalty", "loyalty: the agent of template.yaml has no action"),
    (
        TEMPLATE,
        "- [CoreBanking, Marketplace, Crm, Loyalty]",
        "loyalty: no permission lets the agent invoke LoyaltyFunction.Alias",
    ),
    (
        GATEWAY,
        RATED,
        "CoreBanking___blockAccount: gateway.yaml does not limit its rate",
    ),
    (
        GATEWAY,
        INVOKED,
        "loyalty: who calls the functions in gateway.yaml may not invoke ${NamePrefix}-loyalty",
    ),
    (GATEWAY, "LoyaltyTarget:", "loyalty: gateway.yaml has no target Loyalty"),
    (
        GATEWAY,
        "DependsOn: [CoreBankingTarget, MarketplaceTarget, CrmTarget, LoyaltyTarget]",
        "loyalty: no policy of gateway.yaml waits for LoyaltyTarget",
    ),
    (
        "shared/settings.py",
        "points_table: str",
        "POINTS_TABLE: given to every function, and no setting of shared/settings.py",
    ),
    (
        f"{GROUP}/operations/get_points.py",
        "example=(PointsQuery(), Points(points=1250)),",
        "action_groups.loyalty.operations.get_points: ActionGroup.operation() missing 1 required",
    ),
    (f"{GROUP}/__init__.py", "", "centli-loyalty: there is no action group loyalty"),
    (f"{GROUP}/store.py", "", "No module named 'action_groups.loyalty.store'"),
    (f"{GROUP}/operations/get_points.py", "", "events/agent/get_points.json: nothing makes it"),
    (
        "action_groups/core_banking/operations/block_account.py",
        "",
        "events/agent/block_account.json: nothing makes it",
    ),
    (
        "action_groups/core_banking/operations/spending.py",
        "",
        "and no operation of core_banking takes it",
    ),
]


class Checking:
    """A copy of the repository, and `centli generate --check` on it."""

    def __init__(self, copy: Path, process: "subprocess.Popen[str]") -> None:
        self.copy = copy
        self._process = process
        assert self._until("ready") == []

    def check(self) -> tuple[int, str]:
        """Return the exit code and what was printed."""
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        lines = self._until("ended with ")
        return int(self._last.split()[-1]), "".join(lines)

    def _until(self, beginning: str) -> list[str]:
        assert self._process.stdout is not None
        lines: list[str] = []
        for line in self._process.stdout:
            if line.startswith(beginning):
                self._last = line
                return lines
            lines.append(line)
        raise AssertionError("".join(lines))


@pytest.fixture(scope="module")
def checking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checking]:
    copy = extended(tmp_path_factory.mktemp("extended") / "copy")
    with subprocess.Popen(
        [sys.executable, "-c", FORKING],
        cwd=copy,
        env=environment_of(copy),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        yield Checking(copy, process)


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def without(text: str, file: str, first: str) -> str:
    """Return the text without a line and what is indented below it, or with the one before it."""
    lines = text.splitlines(keepends=True)
    start = [number for number, line in enumerate(lines) if line.strip() == first][-1]
    end = start + 1
    while end < len(lines) and lines[end].strip() and indent(lines[end]) > indent(lines[start]):
        end += 1
    before = [e for e in EDITS if e.where == "in place of" and e.block.strip() == first]
    lines[start:end] = [" " * indent(lines[start]) + edit.line + "\n" for edit in before]
    return "".join(lines)


@pytest.mark.parametrize(("file", "first", "sentence"), PIECES)
def test_a_piece_that_is_taken_out_is_named(
    checking: Checking, file: str, first: str, sentence: str
) -> None:
    path = checking.copy / file
    complete = path.read_text()
    try:
        if first:
            path.write_text(without(complete, file, first))
        else:
            path.unlink()
        code, printed = checking.check()
    finally:
        path.write_text(complete)
    assert code == 1
    assert sentence in printed


def test_with_all_pieces_nothing_is_missing(checking: Checking) -> None:
    assert checking.check()[0] == 0


def test_every_block_of_the_page_has_a_piece_that_is_taken_out() -> None:
    """The types miss what a store lacks, the lint the module that makes a folder a package.

    See test_extending.py.
    """
    left = [
        edit
        for edit in EDITS
        if not any(
            file == edit.file and (first in edit.block if first else edit.where == "new")
            for file, first, _ in PIECES
        )
    ]
    assert [edit.file for edit in left] == [
        "action_groups/core_banking/store.py",
        f"{GROUP}/operations/__init__.py",
    ]


def test_an_edit_whose_line_is_not_there_once_is_refused(tmp_path: Path) -> None:
    [edit, *_] = [edit for edit in EDITS if edit.where == "after"]
    for text in ("", f"{edit.line}\n{edit.line}\n"):
        (tmp_path / edit.file).write_text(text)
        with pytest.raises(AssertionError, match=r"template\.yaml has \d lines, not one"):
            edit.apply(tmp_path)


def test_a_block_that_does_not_say_where_it_goes_is_refused() -> None:
    with pytest.raises(AssertionError, match="where its block goes: Add this"):
        list(steps("Add this:\n\n```python\n1\n```\n"))
