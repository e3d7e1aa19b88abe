"""Run the benchmarks and write what they measured into `docs/performance.md`.

    python -m benchmarks [NAME ...]      # all, or those that are named; the other sections stay

Run from the root of the checkout, with the packages of `requirements-dev.txt`. A benchmark of the
document is a module of this folder with

    def report() -> str
        Measure, and return a section of Markdown that begins with `## `. What it draws lies in
        `docs/images/` (`benchmarks.plots`) and is linked as `images/NAME.svg`. The section names no
        host and no path of this machine, and gives ratios to a reference of the same run first.

Each runs in a process of its own, one after the other. `python -m benchmarks.NAME` runs one of the
others.
"""

import sys

from benchmarks.document import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
