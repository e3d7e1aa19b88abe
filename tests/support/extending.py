"""`docs/extending.md` as a list of edits, and a copy of the repository to carry them out on."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from console.artefact import ROOT

PAGE = ROOT / "docs" / "extending.md"
_BLOCK = re.compile(r"^([^\n]+)\n\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EDIT = re.compile(r"New file `(.+?)`:|`(.+?)`, (after|before|in place of) the line `(.+)`:")
_SAYS = "`centli generate` says:"
CENTLI = "import sys; from console.cli import main; sys.exit(main(sys.argv[1:]))"


@dataclass(frozen=True)
class Edit:
    """A block of the page and where it goes: relative to a line, or into a new file."""

    file: str
    where: str
    line: str
    block: str

    def apply(self, root: Path) -> None:
        """Carry the edit out; the line has to be there, once."""
        path = root / self.file
        if self.where == "new":
            assert not path.exists(), f"{self.file} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.block)
            return
        lines = path.read_text().splitlines(keepends=True)
        found = [number for number, line in enumerate(lines) if line.strip() == self.line]
        assert len(found) == 1, f"{self.file} has {len(found)} lines, not one: {self.line}"
        [start] = [number + (self.where == "after") for number in found]
        end = start + (self.where == "in place of")
        lines[start:end] = self.block.splitlines(keepends=True)
        path.write_text("".join(lines))


@dataclass(frozen=True)
class Step:
    """Edits, and what `centli generate` says after them."""

    edits: tuple[Edit, ...]
    said: str


def steps(page: str) -> Iterator[Step]:
    """Read the page. Every fenced block belongs to an edit, or is what the command says."""
    edits: list[Edit] = []
    for head, block in _BLOCK.findall(page):
        if head == _SAYS:
            yield Step(tuple(edits), block)
            edits = []
            continue
        match = _EDIT.fullmatch(head)
        assert match, f"This does not say where its block goes: {head}"
        new, file, where, line = match.groups()
        edits.append(Edit(new or file, where or "new", line or "", block))
    assert not edits, "the last edits are not followed by what the command says"


def copy_of_the_repository(to: Path) -> Path:
    """Copy the repository without what is made, and let the copy use the packages of this one."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()]
    shutil.copytree(ROOT, to, ignore=shutil.ignore_patterns(".git", *ignored))
    environment = to / ".venv"
    environment.mkdir()
    for entry in Path(sys.prefix).iterdir():
        (environment / entry.name).symlink_to(entry)
    for pins in to.glob("requirements-*.txt"):
        stamp = environment / f"installed-{pins.stem}"
        stamp.unlink(missing_ok=True)
        stamp.write_text(hashlib.sha256(pins.read_bytes()).hexdigest())
    return to


def run(root: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run Python in the copy, on the packages of the copy."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=root,
        env=environment_of(root),
        capture_output=True,
        text=True,
        check=False,
    )


def environment_of(root: Path) -> dict[str, str]:
    """Return an environment in which the copy's own packages come first, and keep bytecode."""
    return {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": ""}


def centli(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the copy."""
    return run(root, "-c", CENTLI, *arguments)


def extended(to: Path) -> Path:
    """Return a copy on which the whole page was carried out."""
    copy = copy_of_the_repository(to)
    for step in steps(PAGE.read_text()):
        for edit in step.edits:
            edit.apply(copy)
    written = centli(copy, "generate")
    assert written.stdout.endswith("Nothing is missing.\n"), written.stdout + written.stderr
    return copy
