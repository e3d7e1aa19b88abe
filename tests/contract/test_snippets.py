"""The lines that a bank's application copies do what they promise, against real functions.

The Python runs here, the TypeScript in the node that playwright brings, which strips types. AWS's
package for JavaScript is not installed, so `@aws-sdk/client-kms` is a stand-in that sends each
command to the KMS in memory.
"""

import base64
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from console.artefact import ROOT
from shared import json_text
from shared.dynamodb import serialize
from tests.support.arguments import RIGHT, furnished
from tests.support.http_server import Answer, LocalServer
from tests.support.snippets import SNIPPETS, confirmed_in_python
from tests.support.tables import PREFIX
from tests.support.world import SETTINGS, World

PAGE = ROOT / "docs" / "confirmation.md"
KEY = SETTINGS.confirmation_key_arn

Agrees = Callable[[Any], bool]
Confirmed = Callable[[World, Agrees], dict[str, Any]]

SDK = """
export class GenerateMacCommand {
  constructor(input) { this.input = input; }
}
export class KMSClient {
  async send({ input }) {
    const Message = Buffer.from(input.Message).toString("base64");
    const body = JSON.stringify({ ...input, Message });
    const answer = await (await fetch(process.env.BANK + "/kms", { method: "POST", body })).json();
    return { Mac: new Uint8Array(Buffer.from(answer.Mac, "base64")) };
  }
}
"""
PROGRAM = """
import { confirmed } from "./confirm.ts";
const ask = async (path, body) =>
  (await fetch(process.env.BANK + path, { method: "POST", body: JSON.stringify(body) })).json();
const answer = await confirmed(
  (confirmation) => ask("/call", confirmation),
  (shown) => ask("/agrees", shown),
  process.env.KEY,
);
console.log(JSON.stringify(answer));
"""


def call(bank: World, confirmation: str) -> dict[str, Any]:
    """Send María's transfer as an agent does, with a text as the confirmation."""
    attributes = {"confirmation": confirmation}
    _, answer = bank.call(
        "createTransfer", attributes=attributes, yes=False, **RIGHT["createTransfer"]
    )
    return answer


def in_python(bank: World, agrees: Agrees) -> dict[str, Any]:
    return confirmed_in_python()(
        lambda confirmation: call(bank, confirmation), agrees, KEY, bank.kms
    )


class Bank(LocalServer):
    """The functions, the customer and the KMS of a bank, as a program of another language asks."""

    def __init__(self, bank: World, agrees: Agrees) -> None:
        super().__init__()
        self.bank, self.agrees = bank, agrees

    def respond(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        given = json.loads(body, parse_float=Decimal)
        if path == "/kms":
            message = base64.b64decode(given["Message"])
            made = self.bank.kms.generate_mac(**given | {"Message": message})
            answer: Any = {"Mac": base64.b64encode(made["Mac"]).decode()}
        else:
            answer = call(self.bank, given) if path == "/call" else self.agrees(given)
        return Answer(pieces=(json_text.dumps(answer).encode(),))


@pytest.fixture
def in_typescript(tmp_path: Path) -> Confirmed:
    sdk = tmp_path / "node_modules" / "@aws-sdk" / "client-kms"
    sdk.mkdir(parents=True)
    (sdk / "package.json").write_text('{"type": "module", "main": "index.js"}')
    (sdk / "index.js").write_text(SDK)
    (tmp_path / "confirm.ts").write_text((SNIPPETS / "confirm.ts").read_text())
    (tmp_path / "program.mjs").write_text(PROGRAM)
    node, _ = compute_driver_executable()

    def run(bank: World, agrees: Agrees) -> dict[str, Any]:
        with Bank(bank, agrees) as server:
            ended = subprocess.run(
                [node, "--no-warnings", "program.mjs"],
                cwd=tmp_path,
                env={"BANK": server.url, "KEY": KEY},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        assert ended.returncode == 0, ended.stderr
        answer: dict[str, Any] = json.loads(ended.stdout, parse_float=Decimal)
        return answer

    return run


@pytest.fixture(params=["python", "typescript"])
def confirmed(request: pytest.FixtureRequest) -> Confirmed:
    if request.param == "python":
        return in_python
    made: Confirmed = request.getfixturevalue("in_typescript")
    return made


@pytest.fixture
def bank() -> Iterator[World]:
    with furnished(require_confirmation="agents") as bank:
        yield bank


def test_what_the_customer_agrees_to_is_done_once_on_that_yes(
    bank: World, confirmed: Confirmed
) -> None:
    shown: list[Any] = []

    answer = confirmed(bank, lambda what: not shown.append(what))

    assert answer["status"] == "completed"
    [what] = shown
    assert what["terms"]["to_holder"] == "Juan L*** G***"
    [record] = bank.records()
    assert (record["status"], record["door"]) == (200, "agent")
    assert "confirmation_id" in record


def test_what_the_customer_declines_is_not_done(bank: World, confirmed: Confirmed) -> None:
    before = bank.snapshot()

    answer = confirmed(bank, lambda _what: False)

    assert answer["error"]["code"] == "CONFIRMATION_REQUIRED"
    assert bank.snapshot() == before
    assert bank.kms.calls == []


def test_terms_that_change_before_the_yes_are_shown_again(
    bank: World, confirmed: Confirmed
) -> None:
    shown: list[Any] = []

    def agrees(what: Any) -> bool:
        shown.append(what["terms"]["to_holder"])
        bank.client.update_item(
            TableName=f"{PREFIX}-accounts",
            Key=serialize({"user_id": "user-juan", "account_id": "acc-juan-checking"}),
            UpdateExpression="SET holder_name = :name",
            ExpressionAttributeValues=serialize({":name": "Pedro Páramo"}),
        )
        return True

    answer = confirmed(bank, agrees)

    assert shown == ["Juan L*** G***", "Pedro P***"]
    assert answer["status"] == "completed"


def test_a_refusal_is_returned_and_nobody_is_asked(bank: World, confirmed: Confirmed) -> None:
    bank.account("user-maria", "acc-maria-checking", "1.00")

    answer = confirmed(bank, lambda _what: pytest.fail("nobody is asked"))

    assert answer["error"]["code"] == "INSUFFICIENT_FUNDS"


@pytest.mark.parametrize(("language", "file"), [("python", "confirm.py"), ("ts", "confirm.ts")])
def test_the_page_shows_the_file(language: str, file: str) -> None:
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)

    assert blocks == [(SNIPPETS / file).read_text()]


def test_the_answer_on_the_page_is_what_the_function_answers(bank: World) -> None:
    limit = {"daily_transfer_limit": Decimal(12800)}
    bank.rebuild(settings=bank.resources.settings._replace(**limit))
    attributes = {"confirmation": "terms", "request_id": "request-1"}
    _, answer = bank.call(
        "createTransfer", attributes=attributes, yes=False, **RIGHT["createTransfer"]
    )
    challenge = answer["confirmation"]["challenge"].split(".")
    answer["confirmation"]["challenge"] = ".".join([*challenge[:3], "<asked>", "<shown>"])

    [block] = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)

    assert json_text.loads(block) == answer


def test_every_code_and_warning_on_the_page_is_one_that_the_code_has() -> None:
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE.read_text(), re.MULTILINE))
    code = "".join(
        path.read_text() for top in ("shared", "action_groups") for path in Path(top).rglob("*.py")
    )

    assert len(named) > 10
    assert [name for name in named if f'"{name}"' not in code] == []
