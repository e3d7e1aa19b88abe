"""`centli generate`: what is committed is what the code says, and the difference is told."""

from pathlib import Path

import pytest

from action_groups import all_groups
from console import cli, generate, tables, template
from console.artefact import ROOT


@pytest.fixture
def written(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text("<!-- generated: operations -->\n<!-- end of generated -->")
    generate.write(generated(tmp_path), tmp_path)
    return tmp_path


def generated(root: Path) -> dict[Path, str]:
    return generate.generated(all_groups(), root)


def test_the_committed_files_are_what_the_code_says_and_nothing_is_missing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["generate", "--check"]) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.endswith("Nothing is missing.\n")
    assert generate.drift(generated(ROOT), ROOT) == []


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "TEMPLATE",
            ("      Handler: shared.relay_handler.lambda_handler\n", ""),
            "EventRelayFunction",
        ),
        ("TEMPLATE", ("Resources:\n", "Resources: !Nothing [\n"), "cannot be read"),
        ("TEMPLATE", ("Resources:\n", "Half:\n"), "something is not whole"),
        ("TEMPLATE", ("  EventBus:\n", "  Half:\n  EventBus:\n"), "Half is not whole"),
        ("GATEWAY_TEMPLATE", ("Resources:\n", "Resources:\n  Half:\n"), "Half is not whole"),
    ],
)
def test_a_half_written_template_is_told_by_name(
    name: str,
    change: tuple[str, str],
    said: str,
    *,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = getattr(template, name)
    text = path.read_text()
    assert text.count(change[0]) == 1
    monkeypatch.setattr(template, name, tmp_path / path.name)
    (tmp_path / path.name).write_text(text.replace(*change))
    assert cli.main(["generate", "--check"]) == 1
    told = capsys.readouterr().err
    assert told.startswith(path.name)
    assert said in told


def test_writing_twice_writes_nothing_the_second_time(written: Path) -> None:
    assert generate.write(generated(written), written) == []
    assert generate.drift(generated(written), written) == []


def test_a_changed_file_is_told_by_name_line_and_remedy(written: Path) -> None:
    path = written / "openapi" / "crm.yaml"
    path.write_text(path.read_text().replace("Full name.", "Whole name."))
    lines = generate.drift(generated(written), written)
    assert lines[0] == "--- openapi/crm.yaml"
    assert any(line.startswith("-") and "Whole name." in line for line in lines)
    assert any(line.startswith("+") and "Full name." in line for line in lines)
    assert "Run `centli generate`" in lines[-1]
    assert not any("core_banking" in line for line in lines)
    assert generate.write(generated(written), written) == ["wrote openapi/crm.yaml"]


@pytest.mark.parametrize("name", ["openapi/crm.yaml", "events/put/transfer_request.json"])
def test_a_missing_file_is_told_and_written(written: Path, name: str) -> None:
    (written / name).unlink()
    assert generate.drift(generated(written), written)[0] == f"{name}: missing"
    assert generate.write(generated(written), written) == [f"wrote {name}"]


@pytest.mark.parametrize("name", ["openapi/old.yaml", "events/agent/old.json"])
def test_a_file_that_nothing_makes_is_told_and_removed(written: Path, name: str) -> None:
    (written / name).touch()
    assert generate.drift(generated(written), written)[0] == f"{name}: nothing makes it"
    assert generate.write(generated(written), written) == [f"removed {name}"]


def test_a_table_in_a_document_follows_the_operations(written: Path) -> None:
    text = (written / "README.md").read_text()
    for group in all_groups():
        for operation in group:
            assert f"| {group.name} | {operation.operation_id}" in text
    assert "createTransfer (confirmed) | POST /transfers | TRANSFER_REQUEST -> " in text
    (written / "README.md").write_text(text.replace("getBalance", "getMoney"))
    assert generate.drift(generated(written), written)[0] == "--- README.md"


def test_a_table_that_nobody_knows_is_refused() -> None:
    text = "<!-- generated: events -->\n<!-- end of generated -->"
    with pytest.raises(ValueError, match=r"There is no table `events`\. There are: operations"):
        tables.filled(text, all_groups())


def test_a_document_without_markers_stays_as_it_is() -> None:
    assert tables.filled("# Title\n", all_groups()) == "# Title\n"
