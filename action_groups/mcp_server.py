"""The Lambda handler of the MCP server that `gateway.yaml` deploys, with all operations."""

from action_groups import all_groups
from shared.front_doors.mcp_url import lambda_handler_for

lambda_handler = lambda_handler_for(
    o for group in all_groups() for o in group if o.path is not None
)
