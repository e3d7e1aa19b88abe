"""What the caller of a Lambda function says beside the event: a gateway names its tool there."""

from collections.abc import Mapping
from typing import Any

TOOL_NAME = "bedrockAgentCoreToolName"


def custom_context(context: Any) -> Mapping[str, Any]:
    """Return the custom client context of an invocation, empty when it has none."""
    custom = getattr(getattr(context, "client_context", None), "custom", None)
    return custom if isinstance(custom, dict) else {}


def is_tool_call(context: Any) -> bool:
    """Tell whether a gateway made the call: its event is arguments, whatever they look like."""
    return TOOL_NAME in custom_context(context)
