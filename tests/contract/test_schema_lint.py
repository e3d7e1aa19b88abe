"""Every rule of the profile, broken alone: the negative control of the check that schemas pass."""

import copy
import json
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
from tests.support.breaches import BREACHES, FILE, GET, GOOD, POST, Breach

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
