"""The `centli` command in a process of its own, as a person or a script runs it."""

import os
import subprocess
import sys
from collections.abc import Mapping

CENTLI = [sys.executable, "-c", "import sys; from console.cli import main; sys.exit(main())"]
TIMEOUT_SECONDS = 120


def without_settings() -> dict[str, str]:
    """Return the environment without what a developer has set for the command."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CENTLI_")}


def centli(
    *arguments: str, typed: str | None = None, environment: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, with what is typed into it and what is added to its environment."""
    return subprocess.run(
        [*CENTLI, *arguments],
        capture_output=True,
        text=True,
        input=typed,
        env=without_settings() | (environment or {}),
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
