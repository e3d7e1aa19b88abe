"""What the READMEs show is what the commands print today."""

import re
from pathlib import Path

from console.ports import free_port
from tests.support.command import centli

FENCED = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = "› "
LEFT_OUT = "  ..."
VARYING = (
    (r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"),
    (r"127\.0\.0\.1:\d+", "ADDRESS"),
    (r"in [\d.]+ s$", "in N s"),
    (r", \d{1,2} [a-z]{3}\.$", ", DAY."),
)


def shown() -> tuple[list[str], list[str]]:
    """Return the lines of the conversation and of the demonstration that both READMEs show."""
    english, spanish = (
        FENCED.findall(Path(name).read_text()) for name in ("README.md", "README.es.md")
    )
    assert english == spanish
    conversation, demonstration = english
    return conversation.splitlines(), demonstration.splitlines()


def comparable(lines: list[str]) -> list[str]:
    return [line for line in map(_without_what_varies, lines) if line]


def _without_what_varies(line: str) -> str:
    for pattern, name in VARYING:
        line = re.sub(pattern, name, line)
    return line.rstrip()


def test_the_conversation_is_printed_as_both_readmes_show_it_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    lines, _ = shown()
    said = [line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT)]
    port = str(free_port())  # where no stack runs: the chat starts one of its own

    ended = centli(
        *("chat", "--port", port, *(word for text in said for word in ("-m", text))),
        environment={"TMPDIR": str(tmp_path)},
    )

    assert said
    assert ended.returncode == 0, ended.stderr
    assert "starting a local AWS" in ended.stderr
    assert list(tmp_path.iterdir()) == []
    assert comparable(ended.stdout.splitlines()) == comparable(lines)


def test_the_demonstration_is_printed_as_both_readmes_show_it_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    _, lines = shown()

    ended = centli("demo", environment={"TMPDIR": str(tmp_path)})

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert list(tmp_path.iterdir()) == []
    scenes = scenes_of(comparable(lines))
    printed = scenes_of(comparable(ended.stdout.splitlines()))

    assert list(scenes) == list(printed)
    for title, scene in scenes.items():
        assert scene in (printed[title], [LEFT_OUT]), title


def scenes_of(lines: list[str]) -> dict[str, list[str]]:
    """Return the lines of each scene under its title; what comes before the first is without."""
    scenes: dict[str, list[str]] = {"": []}
    for line in lines:
        if line.startswith("== "):
            scenes[line] = []
        else:
            scenes[list(scenes)[-1]].append(line)
    return scenes
