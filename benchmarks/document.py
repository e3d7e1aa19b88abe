"""`docs/performance.md`: one section of each benchmark that has a `report`, as `__main__` says."""

import multiprocessing
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent
DOCUMENT = FOLDER.parent / "docs" / "performance.md"
PACKAGES = ("botocore", "pydantic", "aws-lambda-powertools")

_SECTION = re.compile(r"(?ms)^<!-- benchmarks/(\w+)\.py -->\n(.*?)(?=^<!-- benchmarks/|\Z)")

_INTRODUCTION = """# What it costs to run, measured

This page is written by `python -m benchmarks`; do not edit it. `python -m benchmarks NAME` measures
one section again, by the name above its heading in the source of this page.

Every figure that matters is a **ratio to a reference in the same run**, because seconds differ
between machines and hours; its spread stands beside it. Nothing here ran on AWS: processor time,
calls and units are what a laptop can tell of a function.
"""


def benchmarks() -> list[str]:
    """Return the names of the benchmarks that have a section of the document."""
    has_report = re.compile(r"^def report\(", re.MULTILINE)
    return sorted(path.stem for path in FOLDER.glob("*.py") if has_report.search(path.read_text()))


def machine() -> str:
    """Say what this runs on, without a name of it."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Measured on {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), "
        f"Python {platform.python_version()}, {packages}."
    )


def section_of(name: str) -> str:
    """Measure, and return the section of a benchmark with what it was measured on."""
    section: str = import_module(f"benchmarks.{name}").report()
    if not section.startswith("## "):
        raise ValueError(f"the section of benchmarks/{name}.py must begin with a heading")
    return f"{section.strip()}\n\n{machine()}\n"


def measured_apart(name: str) -> str:
    """Return the section of a benchmark that runs in a process of its own."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh) as process:
        return process.submit(section_of, name).result()


def sections_in(document: str) -> dict[str, str]:
    """Return the sections of a document by the name of their benchmark."""
    return {name: text.strip() + "\n" for name, text in _SECTION.findall(document)}


def written(sections: Mapping[str, str]) -> str:
    """Return the document of these sections."""
    parts = (f"<!-- benchmarks/{name}.py -->\n{sections[name]}" for name in sorted(sections))
    return "\n".join([_INTRODUCTION, *parts])


def main(names: Sequence[str]) -> int:
    """Measure what is named, or all, and write it into the document."""
    known = benchmarks()
    unknown = set(names) - set(known)
    if unknown:
        print(f"There is no {', '.join(sorted(unknown))}: name some of {', '.join(known)}.")
        return 2
    for name in names or known:
        print(f"{name} ...", file=sys.stderr, flush=True)
        section = measured_apart(name)
        before = sections_in(DOCUMENT.read_text()) if DOCUMENT.exists() else {}
        kept = {other: text for other, text in before.items() if other in known}
        DOCUMENT.write_text(written(kept | {name: section}))
    return 0
