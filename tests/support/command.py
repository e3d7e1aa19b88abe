"""The `centli` command in a process of its own, as a person or a script runs it."""

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import time
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


class Terminal:
    """A `centli` command with a terminal of its own."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self._screen, child = pty.openpty()
        self._process = subprocess.Popen(
            [*CENTLI, *arguments],
            stdin=child,
            stdout=child,
            stderr=child,
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"} | environment,
            start_new_session=True,
        )
        os.close(child)
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def wait_for(self, text: str) -> None:
        """Read the screen until a text stands on it that was not there before."""
        seen = len(self.shown)
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while text not in self.shown[seen:]:
            assert time.monotonic() < deadline, self.shown[seen:]
            if select.select([self._screen], [], [], 1)[0]:
                self.shown += os.read(self._screen, 65536).decode(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> int:
        """Read to the end, and return the exit code once it has ended by itself."""
        with contextlib.suppress(OSError):  # which is how a terminal tells its end
            while text := os.read(self._screen, 65536):
                self.shown += text.decode(errors="replace")
        code = self._process.wait(TIMEOUT_SECONDS)
        os.close(self._screen)
        return code
