"""The credentials of a local AWS: a file that only its user reads, as AWS clients read it."""

import os
from configparser import ConfigParser
from pathlib import Path

from console.errors import ConsoleError

PROFILE = "centli"
_SECRET = "aws_secret_access_key"  # noqa: S105 the name of the entry


def file_of(port: int) -> Path:
    """Return where the credentials of the local AWS on a port are, whether or not it runs."""
    return Path.home() / ".centli" / f"credentials-{port}"


def write(port: int, endpoint: str, region: str, account: str, secret: str) -> Path:
    """Write a file of credentials and return its path. Raises ConsoleError."""
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
    return path


def secret_of(port: int) -> str | None:
    """Return the secret key of the local AWS that this user runs on a port; None without one."""
    parser = ConfigParser(interpolation=None)
    try:
        parser.read(file_of(port))
    except OSError:
        return None
    return parser.get(PROFILE, _SECRET, fallback=None)
