"""The local AWS: MiniStack as a child process that leaves nothing behind."""

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Final, Literal, Self

from console import credentials
from console.cloud import LOCAL_ACCOUNT, LOCAL_REGION, Cloud
from console.errors import ConsoleError
from console.ports import take
from console.stopping import undisturbed
from console.where import HOST

_START_SECONDS = 30
_STOP_SECONDS = 10
_POLL_SECONDS = 0.05
_SECRET_BYTES = 20
_SERVER: Final = Path(__file__).with_name("local_aws.py")

_WITHOUT_PROXY: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""The proxy of the environment leads out of this machine, never back to it."""

Readiness = Literal["ready", "slow", "gone"]
"""`slow`: something is there and has not answered in time; `gone`: no local AWS is there."""


def readiness(endpoint: str, seconds: float) -> Readiness:
    """Ask a local AWS whether it is there, for so long."""
    try:
        with _WITHOUT_PROXY.open(f"{endpoint}/_ministack/ready", timeout=seconds) as answer:
            return "ready" if json.load(answer) else "gone"
    except (OSError, HTTPException, ValueError) as error:
        is_slow = isinstance(getattr(error, "reason", error), TimeoutError)
        return "slow" if is_slow else "gone"


def running(port: int) -> Cloud | None:
    """Return the local AWS that this user has on a port, or None without its credentials."""
    secret = credentials.secret_of(port)
    return None if secret is None else Cloud(_endpoint(port), secret=secret)


def _endpoint(port: int) -> str:
    return f"http://{HOST}:{port}"


def _kill_with_its_functions(server: "subprocess.Popen[bytes]") -> None:
    """Kill a server and the processes of functions that outlive it, which would go on writing."""
    server.kill()
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(server.pid, signal.SIGKILL)


class LocalStack:
    """A running MiniStack with IAM enforced; a context manager that stops it and its files."""

    def __init__(self, port: int, warm_seconds: int = 30) -> None:
        """Take the port, and how long a function that nobody calls keeps its process."""
        self.port = port
        self._warm_seconds = warm_seconds
        self._folder = Path(tempfile.mkdtemp(prefix="centli-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._secret = secrets.token_hex(_SECRET_BYTES)

    @property
    def endpoint(self) -> str:
        """The address of every service of the local AWS."""
        return _endpoint(self.port)

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self._folder / "ministack.log"

    @property
    def process_id(self) -> int | None:
        """The server's process, once it is started."""
        return None if self._process is None else self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the server is still there."""
        return self._process is not None and self._process.poll() is None

    def cloud(self, account: str = LOCAL_ACCOUNT) -> Cloud:
        """Return the local AWS as seen by an account of its own."""
        return Cloud(self.endpoint, account, self._secret)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop()

    def _start(self) -> None:
        if importlib.util.find_spec("ministack") is None:
            raise ConsoleError(
                "The package `ministack` is missing: install requirements-chat.txt first."
            )
        with credentials.one_start_at_a_time():
            take(self.port, "--port").close()
            credentials.write(self.port, self.endpoint, LOCAL_REGION, LOCAL_ACCOUNT, self._secret)
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(  # noqa: S603 this project's own file
                    # -P: the folder of the script is no place to import from
                    [sys.executable, "-P", str(_SERVER), str(self._folder)],
                    stdin=subprocess.PIPE,
                    env=self._environment(),
                    cwd=self._folder,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            self._hand_over_secret(self._process)
            self._wait_until_ready(self._process)

    def _hand_over_secret(self, process: "subprocess.Popen[bytes]") -> None:
        """Give the secret by a pipe: unlike arguments and files, it is seen by nobody else.

        The pipe stays open; when this process is gone, the server sees its end and goes too.
        """
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(f"{self._secret}\n".encode())
            process.stdin.flush()

    def _environment(self) -> dict[str, str]:
        """Return a clean environment: what the server has, its functions inherit."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": HOST,
            "AUTH": "true",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "LOG_LEVEL": "WARNING",
            "TMPDIR": str(self._folder),
            "LAMBDA_WARM_TTL_SECONDS": str(self._warm_seconds),
            "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.2",
        }

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            if readiness(self.endpoint, 1) == "ready":
                return
            time.sleep(_POLL_SECONDS)
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise ConsoleError(f"The local AWS did not start. It printed:\n{tail}")

    def _stop(self) -> None:
        """Stop everything, also when whoever waits for that interrupts it."""
        try:
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(_STOP_SECONDS)
        finally:
            with undisturbed():
                if self._process is not None:
                    _kill_with_its_functions(self._process)
                    self._process.communicate()  # waits, and closes the pipe
                shutil.rmtree(self._folder, ignore_errors=True)
                credentials.remove(self.port, self._secret)
