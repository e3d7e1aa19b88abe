"""The Lambda handlers, one for each action group: `action_groups.handler.crm` is that of the CRM.

The functions of a group differ in role and trigger only. A handler is made when the Lambda runtime
asks for it by name, so a function imports the code of its own group and no other.
"""

from functools import cache
from typing import TYPE_CHECKING

from action_groups import group_names, load_group
from shared.starting import started

if TYPE_CHECKING:
    from shared.front_doors import LambdaHandler


@cache
def __getattr__(name: str) -> "LambdaHandler":
    """Return the handler of a group. Raises AttributeError when there is no group of this name."""
    if name not in group_names():
        raise AttributeError(f"There is no action group `{name}`.")
    return started(lambda: _made(name))


def _made(name: str) -> "LambdaHandler":
    from shared.front_doors import lambda_handler_for  # noqa: PLC0415
    from shared.service import Service, connect  # noqa: PLC0415

    service = Service(load_group(name), connect())
    service.reach()
    return lambda_handler_for(service)
