"""The credentials of a local AWS: a file that only its user reads, as AWS clients read it."""

import os
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import contextmanager
from pathlib import Path

from console.errors import ConsoleError

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]

PROFILE = "centli"
_SECRET = "aws_secret_access_key"  # noqa: S105 the name of the entry


def file_of(port: int) -> Path:
    """Return where the credentials of the local AWS on a port are, whether or not it runs."""
    return Path.home() / ".centli" / f"credentials-{port}"


@contextmanager
def one_start_at_a_time() -> Iterator[None]:
    """Wait until no other local AWS of this user starts, and let none start meanwhile.

    Two on one port would both find it free, and the loser would write its credentials over those of
    the server that runs. Where files cannot be locked so, nothing is waited for.
    """
    if fcntl is None:
        yield
        return
    folder = file_of(0).parent
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        held = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ConsoleError(f"Could not use {folder}: {error.strerror}.") from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def write(port: int, endpoint: str, region: str, account: str, secret: str) -> None:
    """Write a file of credentials. Raises ConsoleError."""
    path = file_of(port)
    profile = {
        "aws_access_key_id": account,
        _SECRET: secret,
        "region": region,
        "endpoint_url": endpoint,
    }
    text = "\n".join([f"[{PROFILE}]", *(f"{name} = {value}" for name, value in profile.items())])
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.parent.chmod(0o700)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise ConsoleError(f"Could not write the credentials of the local AWS: {error}.") from None


def remove(port: int, secret: str) -> None:
    """Remove the file that has this secret: another local AWS may be on the port by now."""
    if secret_of(port) == secret:
        file_of(port).unlink(missing_ok=True)


def secret_of(port: int) -> str | None:
    """Return the secret key of the local AWS that this user runs on a port; None without one."""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(file_of(port))
    except OSError:
        return None
    return parser.get(PROFILE, _SECRET, fallback=None)
