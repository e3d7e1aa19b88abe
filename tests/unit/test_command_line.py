"""What every command of `centli` has in common: help, settings, mistakes, completion, pipes."""

import itertools
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from console.agent.patience import Patience
from console.cli import centli as group
from console.cli import main
from console.commands._options import choose_brain
from console.where import HOST, Where
from tests.support.command import CENTLI, centli, without_settings

MODULES = """
import json, sys
before = set(sys.modules)
from console.cli import main
main(json.loads(sys.argv[1]))
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""


def commands() -> Iterator[list[str]]:
    """Yield the words that lead to each command."""
    root = click.Context(group, info_name="centli")
    for name in group.list_commands(root):
        found = group.get_command(root, name)
        yield [name]
        if isinstance(found, click.Group):
            yield from ([name, inner] for inner in found.list_commands(root))


def parsed(*arguments: str) -> click.Context:
    """Return the context of a command whose arguments were read and that has not run."""
    context = group.make_context("centli", list(arguments))
    words = [*context._protected_args, *context.args]
    while words and isinstance(context.command, click.Group):
        name, command, words = context.command.resolve_command(context, words)
        assert command is not None
        context = command.make_context(name, words, parent=context)
        words = [*context._protected_args, *context.args]
    return context


def foreign_modules(*arguments: str) -> set[str]:
    """Return the packages that a command loads, without this one's and the standard library's."""
    done = subprocess.run(
        [sys.executable, "-c", MODULES, json.dumps(arguments)],
        capture_output=True,
        text=True,
        env=without_settings(),
        check=True,
    )
    tops = {name.partition(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}
    return tops - sys.stdlib_module_names - {"console", "__mp_main__"}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CENTLI_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("words", [[], *commands()], ids=" ".join)
def test_help_ends_with_examples_that_can_be_read(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--help"]) == 0
    shown = capsys.readouterr().out
    assert main(["help", *words]) == 0
    assert capsys.readouterr().out == shown

    lines = shown.partition("Examples:\n")[2].replace("\\\n", " ").splitlines()
    found = [line[line.index("centli ") :] for line in lines]
    assert found
    for line in found:
        arguments = shlex.split(re.split(r" \||\)", line)[0], comments=True)[1:]
        assert parsed(*arguments).command.name


@pytest.mark.parametrize("words", [[], *commands()], ids=" ".join)
def test_help_loads_nothing_but_the_library_of_the_command_line(words: list[str]) -> None:
    assert foreign_modules(*words, "--help") == {"click"}


def test_the_count_of_modules_sees_what_a_command_loads_when_it_runs() -> None:
    assert {"pydantic", "yaml"} <= foreign_modules("generate", "--check")


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"centli \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_options_stand_before_and_after_arguments_in_any_order() -> None:
    parts = [["getBalance"], ["account_id=a=b"], ["--user", "x"], ["--port", "77"]]
    read = [
        parsed("invoke", *itertools.chain(*order)).params
        for order in itertools.permutations(parts)
        if order.index(parts[0]) < order.index(parts[1])
    ]

    assert len(read) == 12
    assert read[0]["arguments"] == {"account_id": "a=b"}
    assert (read[0]["operation"], read[0]["user"], read[0]["port"]) == ("getBalance", "x", 77)
    assert all(params == read[0] for params in read)


YES = ["chat", "-m", "hola", "--yes"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["invoke", "getBalance", "--usr", "x"], ["Usage: centli invoke ", "'--user'"]),
        (["openapi", "lint", "--rule"], ["Usage: centli openapi lint ", "'--rules'"]),
        (["invoek", "getBalance"], ["Usage: centli ", "'invoke'"]),
        (["help", "invoek"], ["Usage: centli ", "'invoke'"]),
        (["help", "invoke", "x"], ["`centli invoke` has no commands"]),
        (["invoke"], ["Usage: centli invoke ", "OPERATION"]),
        (["chat", "--port", "99999"], ["Usage: centli chat ", "--port"]),
        (["invoke", "getBalance", "amount"], ["Usage: centli invoke ", "Write", "`amount`"]),
        (["invoke", "getBalance", "--aws", "--port", "77"], ["--aws and --port exclude"]),
        (["invoke", "createTransfer", "amount=5", "amount=50"], ["`amount` is given twice"]),
        (["send", "TRANSFER_REQUEST", "amount=5", "amount=50"], ["`amount` is given twice"]),
        (["chat", "--yes"], ["--yes", "-m"]),
        ([*YES, "--brain", "openai:x"], ["--yes-up-to PESOS"]),
        ([*YES, "--aws", "--agent", "A1"], ["--yes-to ACCOUNT"]),
        ([*YES, "--yes-up-to", "5"], ["go together"]),
        (["chat", "-m", "hola", "--yes-up-to", "5", "--yes-to", "acc"], ["give --yes"]),
        ([*YES, "--yes-up-to", "x", "--yes-to", "acc"], ["amount in pesos"]),
        (["dead-letters", "redrive"], ["Name what to redrive with either --id or --all"]),
        (["dead-letters", "--all"], ["Name what to redrive with either --id or --all"]),
        (["chat", "--agent", "AGENT"], ["give --aws too"]),
        (["web", "--agent", "AGENT"], ["give --aws too"]),
        *(
            ([command, "--user", nobody], ["--user", "1 to 128 visible ASCII characters"])
            for command in ("chat", "mcp", "web")
            for nobody in ("", " ", "maría")
        ),
        (["audit", "x", "--user", ""], ["--user", "1 to 128 visible ASCII characters"]),
        (["invoke", "getBalance", "--user", " "], ["1 to 128 visible ASCII characters"]),
    ],
)
def test_wrong_usage_shows_the_command_it_was_meant_for(
    arguments: list[str], told: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert all(part in shown.err for part in told), shown.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["invoke", "getBalances"], "There is no operation `getBalances`"),
        (["send", "NO_SUCH_EVENT"], "Nothing handles `NO_SUCH_EVENT`"),
        (["invoke", "getBalance", "--port", "1"], "Start one with `centli up --port 1`"),
    ],
)
def test_what_there_is_not_is_told(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert told in shown.err


def settings_of(words: list[str]) -> dict[str, click.Option]:
    """Return the options of a command that a variable may give, by the variable."""
    command = group.get_command(click.Context(group, info_name="centli"), words[0])
    assert command is not None
    return {
        str(option.envvar): option
        for option in command.params
        if isinstance(option, click.Option) and option.envvar
    }


@pytest.mark.parametrize("words", [w for w in commands() if settings_of(w)], ids=" ".join)
def test_each_setting_is_an_option_of_the_same_name_that_its_help_tells(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main([*words, "--help"])
    shown = re.sub(r"\s+", " ", capsys.readouterr().out)
    for variable, option in settings_of(words).items():
        assert variable == "CENTLI_" + option.opts[0].removeprefix("--").replace("-", "_").upper()
        assert f"env var: {variable}" in shown


def test_no_variable_says_what_a_call_does(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YES", "MESSAGE", "REQUEST_ID", "CORRELATION_ID", "TIMES", "ALL", "ID", "CHECK"):
        monkeypatch.setenv(f"CENTLI_{name}", "1")

    assert parsed("chat").params["yes"] is False
    assert parsed("invoke", "getBalance").params["request_id"] is None
    assert parsed("dead-letters").params["every"] is False
    assert parsed("send", "BALANCE_QUERY").params["times"] == 1


@pytest.mark.parametrize(
    ("variables", "arguments", "where"),
    [
        ({}, [], Where()),
        ({"CENTLI_PORT": "77", "CENTLI_STACK": "mine"}, [], Where(port=77, stack="mine")),
        ({"CENTLI_PORT": "77"}, ["--port", "78"], Where(port=78)),
        ({"CENTLI_AWS": "1"}, [], Where(aws=True)),
        ({"CENTLI_AWS": "0"}, [], Where()),
        ({"CENTLI_AWS": "1"}, ["--port", "78"], Where(port=78)),
        ({"CENTLI_PORT": "77"}, ["--aws"], Where(aws=True)),
    ],
)
def test_the_command_line_counts_before_the_environment(
    variables: dict[str, str],
    arguments: list[str],
    where: Where,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    reached: list[Where] = []

    def reach(asked: Where) -> None:
        reached.append(asked)
        raise click.Abort

    monkeypatch.setattr("console.deployment.reach", reach)

    assert main(["seed", *arguments]) == 130
    assert reached == [where]


def test_a_wrong_value_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTLI_PORT", "many")

    assert main(["seed"]) == 2
    assert "CENTLI_PORT" in capsys.readouterr().err


def completed(*words: str) -> list[str]:
    """Return what bash would propose for the last word."""
    variables = {
        "_CENTLI_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["centli", *words]),
        "COMP_CWORD": str(len(words)),
    }
    shown = centli(environment=variables)
    return [line.partition(",")[2] for line in shown.stdout.splitlines()]


def test_a_shell_completes_commands_options_and_values() -> None:
    assert completed("inv") == ["invoke"]
    assert completed("invoke", "--us") == ["--user"]
    assert completed("openapi", "li") == ["lint"]
    assert completed("dead-letters", "re") == ["redrive"]
    assert completed("help", "inv") == ["invoke"]


@pytest.mark.parametrize(
    ("words", "proposed"),
    [
        (["invoke", "getB"], ["getBalance"]),
        (["send", "TRANSFER_"], ["TRANSFER_REQUEST"]),
        (["invoke", "getBalance", "--user", "user-ju"], ["user-juan"]),
        (["send", "--user", "user-ju"], ["user-juan"]),
        (["chat", "--user", "user-ju"], ["user-juan"]),
    ],
)
def test_a_shell_completes_operations_events_and_customers(
    words: list[str], proposed: list[str]
) -> None:
    assert completed(*words) == proposed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_of_each_shell_asks_the_command(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    assert f"_CENTLI_COMPLETE={shell}_complete" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", ["--help", "openapi lint --rules", "completion bash"])
def test_a_reader_who_left_is_no_error(arguments: str) -> None:
    with subprocess.Popen(
        [*CENTLI, *arguments.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here is always full")
@pytest.mark.parametrize("arguments", ["--help", "openapi lint --rules"])
def test_what_cannot_be_written_is_told_in_a_sentence(arguments: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*CENTLI, *arguments.split()],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 1
    assert done.stderr == "centli: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(("command", "option"), [("mcp", "--http-port"), ("web", "--web-port")])
def test_a_port_that_is_taken_is_told_before_anything_is_promised_or_started(
    command: str,
    option: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("console.chat.session.ChatStack", pytest.fail)
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main([command, option, port]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"Port {port} is taken" in printed.err
    assert option in printed.err


def test_a_fault_of_this_software_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_where: Where) -> None:
        raise ValueError("a fault")

    monkeypatch.setattr("console.deployment.reach", fail)

    with pytest.raises(ValueError, match="a fault"):
        main(["seed"])


def test_what_a_chat_waits_for_a_model_is_what_its_options_say() -> None:
    made: list[Patience] = []

    @click.command()
    @choose_brain
    def command(settings: Any) -> None:
        made.append(settings([]).patience)

    def run(*options: str) -> str:
        return CliRunner().invoke(command, options).output

    run()
    run("--model-timeout", "300", "--model-token-timeout", "5.5")
    assert made == [Patience(), Patience(300, 5.5)]
    assert "is not in the range" in run("--model-timeout", "0")
