"""The pins of the chat are a part of all pins, and just what the chat needs."""

import re
from collections.abc import Iterable
from importlib.metadata import requires
from pathlib import Path

import pytest


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(name: str) -> dict[str, str]:
    """Return the pin of each package, with its hashes."""
    parts = re.split(r"^(?=\w)", Path(name).read_text(), flags=re.MULTILINE)
    return {normal(re.match(r"[\w.-]+", part)[0]): part for part in parts if part}  # type: ignore[index]


def wanted(name: str) -> set[str]:
    """Return the packages that a file of requirements names, and those that it includes."""
    found: set[str] = set()
    for line in Path(name).read_text().splitlines():
        if line.startswith("-r "):
            found |= wanted(line.removeprefix("-r "))
        else:
            found.add(normal(re.match(r"[\w.-]+", line)[0]))  # type: ignore[index]
    return found


def all_needed(names: Iterable[str], pinned: set[str]) -> set[str]:
    """Return the packages and all that they need, of those that are pinned."""
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in pinned and name not in needed:
            needed.add(name)
            waiting += [
                normal(re.match(r"[\w.-]+", line)[0])  # type: ignore[index]
                for line in requires(name) or []
                if "extra ==" not in line
            ]
    return needed


@pytest.mark.parametrize(
    "smaller", ["requirements.txt", "requirements-chat.txt", "requirements-mcp-server.txt"]
)
def test_a_smaller_set_of_pins_is_a_part_of_all_pins_with_the_same_hashes(smaller: str) -> None:
    assert pins(smaller).items() <= pins("requirements-dev.txt").items()


def test_the_pins_of_the_chat_are_what_it_asks_for_and_what_that_needs() -> None:
    everything = set(pins("requirements-dev.txt"))

    assert set(pins("requirements-chat.txt")) == all_needed(
        wanted("requirements-chat.in"), everything
    )
    assert len(pins("requirements-chat.txt")) < len(everything) / 2


def test_the_pins_of_the_mcp_server_hold_those_of_every_function_and_what_it_asks_for() -> None:
    pinned = set(pins("requirements-mcp-server.txt"))

    assert pinned >= set(pins("requirements.txt"))
    assert pinned >= wanted("requirements-mcp-server.in")
