"""Every rule of the profile, broken alone: the negative control of the check that schemas pass."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from console.cli import main
from console.schemas import tools
from console.schemas.lint import MAX_OPERATIONS, RULES, lint
from console.schemas.rules import CONFIRMATION
from console.schemas.source import MAX_DEPTH, MAX_FILE_BYTES

GOOD = (Path(__file__).parents[1] / "data" / "schemas" / "good.yaml").read_text(encoding="utf-8")
FILE = "schemas/bank.yaml"
GET, POST = "getAccount", "createTransfer"


@dataclass(frozen=True)
class Breach:
    """An edit of the good file that breaks one rule in one place."""

    rule: str
    old: str
    new: str
    operation: str
    at: str
    """What the line that the finding names begins with, and no line before it."""
    rejected: bool = False
    """Whether openapi-spec-validator alone rejects the file."""
    file: str = FILE

    @property
    def text(self) -> str:
        assert GOOD.count(self.old) == 1, f"{self.old!r} must be there once"
        return GOOD.replace(self.old, self.new)

    @property
    def line(self) -> int:
        lines = self.text.splitlines()
        if not self.at.startswith(" "):
            lines = [line.strip() for line in lines]
        return 1 + next(n for n, line in enumerate(lines) if line.startswith(self.at))


VERSION = "openapi: 3.0.0\n"
TITLE = "title: A bank\n"
PATH_PARAMETER = """\
        description: The account.
        required: true
        schema:
          type: string
"""
QUERY_TYPE = """\
          type: array
          items:
            type: string
"""
ANSWER = """\
                    type: string
                    description: The status.
"""
POST_DESCRIPTION = "      description: Transfer money.\n"
CONFIRMED = "      x-requireConfirmation: ENABLED\n"
JSON_BODY = """\
        required: true
        content:
          application/json:
            schema:
              type: object
"""
AMOUNT = """\
                amount:
                  type: number
"""
POST_RESPONSES = """\
      responses:
        "201":
          description: Done.
"""
GET_ID = "      operationId: getAccount\n"

BREACHES = {
    "text after the end of a value": Breach(
        "yaml-syntax", TITLE, "title: 'A' bank\n", "-", "title:", rejected=True
    ),
    "a tag of CloudFormation": Breach(
        "yaml-syntax", TITLE, "title: !Sub A bank\n", "-", "title:", rejected=True
    ),
    "a tag that the value belies": Breach(
        "yaml-syntax", TITLE, "title: !!int A bank\n", "-", "title:", rejected=True
    ),
    "a tag on a mapping": Breach(
        "yaml-syntax", "info:\n", "info: !!set\n", "-", "info:", rejected=True
    ),
    "a list for a key": Breach(
        "yaml-syntax", TITLE, "? [title]\n  : A bank\n", "-", "? [title]", rejected=True
    ),
    "an alias": Breach(
        "yaml-alias", f"{TITLE}  version: 1.0.0", "title: &a x\n  version: *a", "-", "version:"
    ),
    "a key written twice": Breach(
        "duplicate-key", TITLE, f"x-a: 1\n  {TITLE}  x-a: 2\n", "-", "x-a: 2"
    ),
    "a list at the top": Breach("document-shape", GOOD, "- openapi: 3.0.0\n", "-", "-", True),
    "nothing but a comment": Breach("document-shape", GOOD, "# to do\n", "-", "#", rejected=True),
    "a later version": Breach("openapi-version", VERSION, "openapi: 3.0.3\n", "-", "openapi:"),
    "another version": Breach("openapi-version", VERSION, "openapi: 3.1.0\n", "-", "openapi:"),
    "no version": Breach("openapi-version", VERSION, "", "-", "info:", rejected=True),
    "a group with __": Breach("group-name", TITLE, TITLE, "-", "openapi:", file="a__bank.yaml"),
    "a group with a space": Breach("group-name", TITLE, TITLE, "-", "openapi:", file="my bank.yml"),
    "no path": Breach("no-operations", GOOD[GOOD.index("paths:") :], "paths: {}\n", "-", "paths:"),
    "a path without a slash": Breach(
        "path-slash", "  /transfers:", "  transfers:", "transfers", "transfers:", rejected=True
    ),
    "security at the top": Breach("security", "paths:\n", "security: []\npaths:\n", "-", "securi"),
    "security schemes": Breach(
        "security", "paths:\n", "components:\n  securitySchemes: {}\npaths:\n", "-", "securityS"
    ),
    "security of an operation": Breach(
        "security", CONFIRMED, f"{CONFIRMED}      security: []\n", POST, "security:"
    ),
    "a reference": Breach(
        "reference", "description: Done.", "$ref: '#/components/x'", POST, "$ref", rejected=True
    ),
    "a union in an answer": Breach(
        "union", ANSWER, "                    anyOf: [{type: string}]\n", GET, "anyOf"
    ),
    "a union in an argument": Breach(
        "union", AMOUNT, AMOUNT.replace("type: number", "oneOf: [{}]"), POST, "oneOf"
    ),
    "a union for a body": Breach(
        "union", JSON_BODY, JSON_BODY.replace("type: object", "allOf: [{}]"), POST, "allOf"
    ),
    "allowed values": Breach(
        "enum", AMOUNT, f"{AMOUNT}                  enum: [1]\n", POST, "enum"
    ),
    "the one allowed value": Breach(
        "enum", AMOUNT, f"{AMOUNT}                  const: 1\n", POST, "const", rejected=True
    ),
    "confirmation as a boolean": Breach(
        "confirmation", "ENABLED", "true", POST, "x-requireConfirmation"
    ),
    "confirmation spelt otherwise": Breach(
        "confirmation", CONFIRMATION, "x-require-confirmation", POST, "x-require-confirmation"
    ),
    "confirmation of a path": Breach(
        "confirmation",
        "  /transfers:\n",
        f"  /transfers:\n    {CONFIRMATION}: ENABLED\n",
        "/transfers",
        CONFIRMATION,
    ),
    "confirmation at the top": Breach(
        "confirmation", VERSION, f"{VERSION}{CONFIRMATION}: ENABLED\n", "-", CONFIRMATION
    ),
    "an operation without a description": Breach(
        "operation-description", POST_DESCRIPTION, "", POST, "post:"
    ),
    "an operation with a blank description": Breach(
        "operation-description", "Transfer money.", "' '", POST, "description: ' '"
    ),
    "an operation without an id": Breach(
        "operation-id", "      operationId: createTransfer\n", "", "POST /transfers", "post:"
    ),
    "an id with a dot": Breach(
        "operation-id-characters", POST, "create.transfer", "create.transfer", "operationId: c"
    ),
    "an id with __": Breach(
        "operation-id-underscores", POST, "create__it", "create__it", "operationId: c"
    ),
    "an id of 53 letters": Breach(
        "tool-name-length", POST, "c" * 53, "c" * 53, f"operationId: {'c' * 53}"
    ),
    "no responses": Breach("responses", POST_RESPONSES, "", POST, "post:", rejected=True),
    "empty responses": Breach(
        "responses", POST_RESPONSES, "      responses: {}\n", POST, "responses: {}", rejected=True
    ),
    "a body on GET": Breach(
        "body-method",
        GET_ID,
        f"{GET_ID}      requestBody: {{content: {{application/json: {{}}}}}}\n",
        GET,
        "requestBody: {",
    ),
    "a body that is no JSON": Breach(
        "body-content",
        JSON_BODY,
        JSON_BODY.replace("application", "text"),
        POST,
        "        content:",
    ),
    "an object in a body": Breach(
        "flat-body", AMOUNT, AMOUNT.replace("number", "object"), POST, "amount:"
    ),
    "a list of objects in a body": Breach(
        "flat-body",
        AMOUNT,
        AMOUNT.replace("number", "array\n                  items: {type: object}"),
        POST,
        "amount:",
    ),
    "a list of lists in a body": Breach(
        "flat-body",
        AMOUNT,
        AMOUNT.replace(
            "number", "array\n                  items: {type: array, items: {type: string}}"
        ),
        POST,
        "amount:",
    ),
    "a body that is no object": Breach(
        "flat-body", JSON_BODY, JSON_BODY.replace("object", "string"), POST, "            schema:"
    ),
    "a parameter without a description": Breach(
        "parameter-description",
        "        description: What to tell.\n",
        "",
        GET,
        "- name: fields",
    ),
    "a field of a body without a description": Breach(
        "parameter-description", "                  description: How much.\n", "", POST, "amount:"
    ),
    "a parameter without a schema": Breach(
        "parameter-schema",
        PATH_PARAMETER,
        "".join(PATH_PARAMETER.splitlines(keepends=True)[:2]),
        GET,
        "- name: account_id",
        rejected=True,
    ),
    "a field of a body without a type": Breach(
        "parameter-schema", AMOUNT, "                amount:\n", POST, "amount:"
    ),
    "a type of two": Breach(
        "schema-type", QUERY_TYPE, "          type: [string, 'null']\n", GET, "type: [", True
    ),
    "a list of anything": Breach(
        "schema-type", QUERY_TYPE, "          type: array\n          items: {}\n", GET, "items: {}"
    ),
    "a parameter in a header": Breach(
        "parameter-location", "in: query", "in: header", GET, "in: header"
    ),
    "a parameter in a place that does not exist": Breach(
        "parameter-place", "in: query", "in: body", GET, "in: body", rejected=True
    ),
    "an argument with an accent": Breach(
        "argument-name", "name: fields", "name: período", GET, "- name: per"
    ),
    "an argument of 65 letters": Breach(
        "argument-name", "amount:", f"{'a' * 65}:", POST, f"{'a' * 65}:"
    ),
    "a required field that is none": Breach(
        "required-names",
        "              - to_account\n",
        "              - to_account\n              - other\n",
        POST,
        "- other",
    ),
    "a required field of an answer that is none": Breach(
        "required-names", ANSWER, f"{ANSWER}                required: [x]\n", GET, "required: [x]"
    ),
    "a list in an answer without what it is of": Breach(
        "response-items",
        ANSWER,
        ANSWER.replace("string", "array"),
        GET,
        "                    type: array",
    ),
    "a path beside one that differs in a name only": Breach(
        "path-alike",
        "  /transfers:\n",
        "  /accounts/{id}:\n    x-a: 1\n  /transfers:\n",
        "/accounts/{id}",
        "/accounts/{id}",
    ),
    "Swagger 2": Breach(
        "openapi-version", VERSION, "swagger: '2.0'\n", "-", "swagger:", rejected=True
    ),
    "YAML that is called JSON": Breach(
        "json-syntax", VERSION, VERSION, "-", "openapi:", file="bank.json"
    ),
    "JSON with a value that JSON has not": Breach(
        "json-syntax", GOOD, '{"openapi": NaN}\n', "-", "{", rejected=True, file="bank.json"
    ),
    "one name in query and body": Breach(
        "parameter-repeated",
        CONFIRMED,
        f"{CONFIRMED}      parameters:\n"
        "      - {name: amount, in: query, description: It., schema: {type: number}}\n",
        POST,
        "amount:",
    ),
    "a placeholder without its parameter": Breach(
        "path-parameters", "/{account_id}:", "/{id}/{account_id}:", GET, "parameters:", True
    ),
    "a path parameter that the path has not": Breach(
        "path-parameters", "/{account_id}:", ":", GET, "- name: account_id", rejected=True
    ),
    "an optional path parameter": Breach(
        "path-parameters",
        PATH_PARAMETER,
        PATH_PARAMETER.replace("true", "false"),
        GET,
        "- name: account_id",
        rejected=True,
    ),
    "no title": Breach("openapi-specification", TITLE, "x-a: 1\n", "-", "info:", rejected=True),
    "a response without a description": Breach(
        "openapi-specification", "description: Done.", "x-a: 1", POST, '"201":', rejected=True
    ),
    "a default of another type": Breach(
        "openapi-specification",
        QUERY_TYPE,
        f"{QUERY_TYPE}          default: all\n",
        GET,
        "get:",
        rejected=True,
    ),
}
"""Every rule about one file; those over all files have tests of their own."""

each_breach = pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES)


def rejected_by_validator(text: str) -> bool:
    try:
        validate(yaml.safe_load(text))
    except Exception:  # noqa: BLE001 it crashes on some structures
        return True
    return False


def without_line(text: str, part: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if part not in line)


class TestAGoodFile:
    def test_has_no_finding(self) -> None:
        assert lint({FILE: GOOD}) == []

    def test_is_accepted_by_the_validator_as_well(self) -> None:
        assert not rejected_by_validator(GOOD)

    def test_may_be_json(self) -> None:
        document = yaml.safe_load(GOOD)
        for indent in (None, 2, "\t"):
            assert lint({"bank.json": json.dumps(document, indent=indent)}) == []

    def test_may_have_names_that_are_keywords_elsewhere(self) -> None:
        named = GOOD.replace("amount:", "enum:").replace("to_account", "anyOf")
        named = named.replace("status:", "$ref:").replace("name: fields", "name: properties")
        assert lint({FILE: named}) == []

    def test_may_have_keywords_in_examples_and_extensions(self) -> None:
        example = '                example: {enum: [1], $ref: "#/x"}\n'
        text = GOOD.replace(
            "                type: object\n", "                type: object\n" + example
        )
        text += "          x-note: {oneOf: 1}\n"
        assert lint({FILE: text}) == []

    def test_may_share_parameters_over_the_methods_of_a_path(self) -> None:
        document = yaml.safe_load(GOOD)
        item = document["paths"]["/accounts/{account_id}"]
        item["parameters"] = item["get"].pop("parameters")
        assert lint({FILE: json.dumps(document)}) == []
        item["get"]["parameters"] = [{**item["parameters"][0], "description": "Its own."}]
        assert lint({FILE: json.dumps(document)}) == []

    def test_may_begin_with_a_byte_order_mark(self, tmp_path: Path) -> None:
        path = tmp_path / "bank.yaml"
        path.write_text(GOOD, encoding="utf-8-sig")
        assert run(str(path)) == 0

    def test_is_named_by_the_option_when_its_file_is_not(self) -> None:
        assert lint({"my bank.yaml": GOOD}, "bank") == []


class TestARule:
    @each_breach
    def test_is_reported_alone_with_file_line_and_operation(self, breach: Breach) -> None:
        (finding,) = lint({breach.file: breach.text})
        assert (finding.rule, finding.operation) == (breach.rule, breach.operation)
        assert (finding.file, finding.line) == (breach.file, breach.line)
        assert str(finding).startswith(
            f"{breach.file}:{breach.line}: {finding.level}: {breach.operation}: {breach.rule}: "
        )

    @each_breach
    def test_says_how_to_mend_it(self, breach: Breach) -> None:
        (finding,) = lint({breach.file: breach.text})
        what, _, how = finding.text.partition("; ")
        assert what
        assert how

    @each_breach
    def test_adds_to_the_validator_as_the_example_states(self, breach: Breach) -> None:
        assert rejected_by_validator(breach.text) == breach.rejected

    def test_has_an_example_here(self) -> None:
        over_all_files = {"operation-id-repeated", "operation-count"}
        assert {
            breach.rule for breach in BREACHES.values()
        } | over_all_files == RULES.keys() - tools.RULES.keys()

    def test_is_explained_on_one_line(self) -> None:
        assert all(why.endswith(".") and "\n" not in why for why in RULES.values())


class TestOverAllFiles:
    def test_an_operation_id_is_used_once(self) -> None:
        (finding,) = lint(
            {
                "a.yaml": GOOD,
                "b.yaml": without_line(GOOD, "operationId: createT").replace(
                    "post:\n", "post:\n      operationId: createTransferB\n"
                ),
            }
        )
        assert (finding.file, finding.operation) == ("b.yaml", GET)
        assert finding.rule == "operation-id-repeated"
        assert "in a.yaml" in finding.text

    def test_an_operation_id_is_used_once_within_a_file(self) -> None:
        (finding,) = lint({FILE: GOOD.replace(POST, GET)})
        assert finding.rule == "operation-id-repeated"
        assert "POST /transfers" in finding.text

    @pytest.mark.parametrize("files", [1, 2])
    def test_there_are_eleven_operations_at_most_by_default(self, files: int) -> None:
        within = [many(MAX_OPERATIONS - 1, 0), many(1, 50)]
        above = [many(MAX_OPERATIONS, 0), many(1, 50)]
        if files == 1:
            within, above = [many(MAX_OPERATIONS, 0)], [many(MAX_OPERATIONS + 1, 0)]
        assert lint(named(within)) == []
        (finding,) = lint(named(above))
        assert (finding.operation, finding.rule) == ("-", "operation-count")
        assert f"{MAX_OPERATIONS + 1} operations" in finding.text
        for operation in ("op0", "op10", "op50" if files == 2 else f"op{MAX_OPERATIONS}"):
            assert operation in finding.text, "the whole set is named, and no one to blame"

    def test_the_quota_is_a_setting(self) -> None:
        texts = named([many(3, 0)])
        assert lint(texts, max_operations=3) == lint(texts, max_operations=0) == []
        (finding,) = lint(texts, max_operations=2)
        assert "the quota is 2" in finding.text


def many(operations: int, first: int) -> str:
    document = yaml.safe_load(GOOD)
    post = document["paths"]["/transfers"]["post"]
    document["paths"] = {
        f"/transfers/{n}": {"post": {**copy.deepcopy(post), "operationId": f"op{n}"}}
        for n in range(first, first + operations)
    }
    return yaml.safe_dump(document, sort_keys=False)


def named(texts: list[str]) -> dict[str, str]:
    return {f"{n}.yaml": text for n, text in enumerate(texts)}


class TestReferences:
    def test_do_not_make_the_check_read_what_they_refer_to(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def follow(*_: object) -> None:
            raise AssertionError("followed a reference")

        secret = tmp_path / "secret.json"
        secret.write_text('"swordfish"', encoding="utf-8")
        monkeypatch.setattr("urllib.request.urlopen", follow)
        schema = f"schema: {{$ref: '{secret.as_uri()}'}}"
        text = GOOD + f"          content: {{application/json: {{{schema}}}}}\n"
        findings = lint({FILE: text})
        assert [finding.rule for finding in findings] == ["reference"]
        assert "swordfish" not in str(findings)

    @pytest.mark.parametrize("part", ["parameters", "requestBody", "responses"])
    def test_are_the_one_finding_where_they_stand_for_a_part(self, part: str) -> None:
        document = yaml.safe_load(GOOD)
        reference = {"$ref": "#/components/x"}
        operation = document["paths"]["/transfers"]["post"]
        parts = {"parameters": [reference], "requestBody": reference}
        operation[part] = parts.get(part, {"200": reference})
        assert [f.rule for f in lint({FILE: yaml.safe_dump(document)})] == ["reference"]


class TestAnyText:
    @pytest.mark.parametrize(
        "text",
        [
            *("", " ", "\n", "null", "5", "text", "[]", "{}", "---\n---\n", "a: b: c", "{", "\t"),
            *("\x00", "a: \x07", "\ufffe", "'", "&a [*a]", "*a", "!!python/object:os.system x"),
            *("a: &a [b]\nb: [*a, *a]", "<<: {a: b}", "? {a: b}\n: c", "0b_: 0b_", "a: 0b_"),
            *("[" * 100_000, '{"a":' * 10_000, "- " * 1000, "a: " + "9" * 5000, "%YAML 9.9\n---\n"),
            *('{"paths": {"\\ud800": {"get": 1}}}', "openapi: 3.0.0\npaths: {/a: {get: [1]}}"),
        ],
    )
    def test_has_findings_and_no_exception(self, text: str) -> None:
        findings = lint({FILE: text})
        assert findings
        assert all(str(finding).isprintable() for finding in findings)

    def test_that_nests_deeper_than_any_schema_is_refused_before_it_is_built(self) -> None:
        (finding,) = lint({FILE: "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)})
        assert (finding.rule, finding.line) == ("yaml-syntax", 1)

    def test_with_control_characters_cannot_write_to_the_terminal(self) -> None:
        (finding,) = lint({FILE: GOOD.replace(POST, '"a\\e[2Jb"')})
        assert "a?[2Jb: operation-id-characters: " in str(finding)

    @given(text=st.text())
    @settings(deadline=None)
    def test_has_an_outcome(self, text: str) -> None:
        assert all(str(finding).isprintable() for finding in lint({FILE: text}))


WORDS = [
    *("openapi", "info", "paths", "components", "schemas", "security", "get", "post", "/a/{b}"),
    *("operationId", "description", "parameters", "requestBody", "content", "application/json"),
    *("schema", "type", "properties", "items", "required", "responses", "200", "$ref", "anyOf"),
    *("enum", "name", "in", "path", "query", "default", "example", CONFIRMATION, "3.0.0", "object"),
    *("array", "string", "title", "version", "ENABLED", "format", "pattern", "tags", "{b!r}", "("),
]
words = st.sampled_from(WORDS)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=8)
json_like = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=6),
    max_leaves=30,
)


def places_in(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else []
    inner = enumerate(value) if isinstance(value, list) else inner
    below = [found for key, item in inner for found in places_in(item, (*place, key))]
    return [*([place] if place else []), *below]


GOOD_DOCUMENT = yaml.safe_load(GOOD)
places = st.sampled_from(places_in(GOOD_DOCUMENT))


class TestAnyStructure:
    @given(value=json_like)
    @settings(max_examples=3 * settings().max_examples)
    def test_has_findings_and_no_exception(self, value: Any) -> None:
        findings = lint({FILE: json.dumps(value)})
        assert findings
        assert all(str(finding).isprintable() for finding in findings)

    @given(place=places, value=json_like)
    @settings(max_examples=3 * settings().max_examples)
    def test_within_a_good_file_has_an_outcome(self, place: tuple[Any, ...], value: Any) -> None:
        document = copy.deepcopy(GOOD_DOCUMENT)
        holder = document
        for key in place[:-1]:
            holder = holder[key]
        holder[place[-1]] = value
        findings = lint({FILE: json.dumps(document)})
        assert all(str(finding).isprintable() for finding in findings)
        assert all(finding.rule in RULES for finding in findings)


def run(*argv: str) -> int:
    return main(["openapi", "lint", *argv])


class TestTheCommand:
    @pytest.fixture
    def good(self, tmp_path: Path) -> Path:
        path = tmp_path / "bank.yaml"
        path.write_text(GOOD, encoding="utf-8")
        return path

    def test_exits_0_without_a_finding(
        self, good: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(str(good)) == 0
        assert capsys.readouterr().out == ""

    def test_exits_1_and_prints_each_finding_on_a_line(
        self, good: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        good.write_text(GOOD.replace("ENABLED", "true").replace("in: query", "in: header"))
        assert run(str(good)) == 1
        rules = [line.split(": ")[3] for line in capsys.readouterr().out.splitlines()]
        assert rules == ["parameter-location", "confirmation"]

    def test_exits_0_for_advice_alone_unless_it_is_strict(
        self, good: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        good.write_text(GOOD.replace("in: query", "in: header"))
        assert run(str(good)) == 0
        assert ": advice: getAccount: parameter-location: " in capsys.readouterr().out
        assert run("--strict", str(good)) == 1

    def test_takes_the_name_of_the_group(self, good: Path) -> None:
        assert run(str(good), "--group", "a__b") == 1

    def test_takes_one_file_named_twice_as_one(self, good: Path) -> None:
        assert run(str(good), str(good)) == 0

    def test_lists_the_rules(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("--rules") == 0
        listed = capsys.readouterr().out.splitlines()
        assert [line.partition(": ")[0] for line in listed] == list(RULES)
        assert {line.split(": ")[1] for line in listed} == {"refusal", "advice"}

    @pytest.mark.parametrize("content", [None, b"\xff\xfe", b" " * (MAX_FILE_BYTES + 1)])
    def test_exits_2_for_a_file_that_cannot_be_read_and_still_checks_the_others(
        self,
        content: bytes | None,
        good: Path,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        unreadable = tmp_path / "other.yaml"
        if content is not None:
            unreadable.write_bytes(content)
        good.write_text(GOOD.replace("ENABLED", "true"), encoding="utf-8")
        assert run(str(unreadable), str(good)) == 2
        captured = capsys.readouterr()
        assert "confirmation" in captured.out
        assert captured.err.startswith(f"{unreadable}: cannot be read: ")

    def test_exits_2_without_a_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run() == 2
        assert "at least one" in capsys.readouterr().err
