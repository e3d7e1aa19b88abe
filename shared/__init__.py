"""What every action group uses: declaring operations, front doors, money, identity, errors."""

VERSION = "0.1.0"
"""The version of this software, as the package, the command and the MCP server tell it."""
