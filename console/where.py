"""Where things are: the schemas, and a stack in the AWS account in use or on this machine."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

SCHEMAS: Final = Path(__file__).resolve().parents[1] / "openapi"
"""What agents read."""

HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 4566
DEFAULT_STACK: Final = "centli"


@dataclass(frozen=True)
class Where:
    """The place of a stack, as a person names it."""

    aws: bool = False
    port: int | None = None
    """Of the local stack. None: the usual port; a chat that starts a stack takes any free one."""
    stack: str = DEFAULT_STACK

    @property
    def local_port(self) -> int:
        """The port of the local stack, the usual one unless said."""
        return self.port or DEFAULT_PORT
