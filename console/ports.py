"""Ports of this machine: taken for what a command serves, or told why they cannot be."""

import socket

from console.errors import ConsoleError
from console.where import HOST


class PortTaken(ConsoleError):
    """Something else listens on the port."""


def take(port: int, option: str) -> socket.socket:
    """Return a socket that listens on a port, or on any free one for 0.

    Raises ConsoleError, which names the option that chooses another, when it cannot be had:
    PortTaken where something listens on it.
    """
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
        taken.listen()
    except PermissionError:
        taken.close()
        raise ConsoleError(
            f"You may not listen on port {port}: choose another with {option}."
        ) from None
    except (OSError, OverflowError):
        taken.close()
        raise PortTaken(
            f"Port {port} is taken: stop what listens on it, or choose another with {option}."
        ) from None
    return taken


def free_port(preferred: int = 0) -> int:
    """Return a port that nothing listens on now: the preferred one, if it can be had."""
    try:
        with take(preferred, "another") as taken:
            return int(taken.getsockname()[1])
    except ConsoleError:
        return free_port()
