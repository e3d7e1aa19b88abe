"""A language model as the brain: Amazon Bedrock Converse, or a server that speaks OpenAI's API."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import NoRegionError

from console.agent.brain import Brain
from console.agent.operations import AgentOperation
from console.agent.patience import Patience
from console.errors import ConsoleError
from shared.clock import Clock

DEFAULT_BASE_URL: Final = "http://127.0.0.1:11434/v1"
"""Where Ollama listens."""
_PATIENCE: Final = Patience()


def model_brain(
    name: str,
    *,
    operations: Mapping[str, AgentOperation],
    clock: Clock,
    base_url: str | None = None,
    api_key: str | None = None,
    patience: Patience = _PATIENCE,
    client: Any = None,
) -> Brain:
    """Return the brain that a name stands for: `bedrock:MODEL_ID` or `openai:MODEL`.

    Bedrock takes region and credentials from the environment, unless a `bedrock-runtime` client is
    given. A step for which `patience` is too short is cut off.
    Raises ConsoleError for a name, an address or an environment that cannot work.
    """
    kind, _, model_name = name.partition(":")
    if kind not in {"bedrock", "openai"} or not model_name.strip():
        raise ConsoleError(
            f"There is no brain `{name}`. Write `bedrock:MODEL_ID`, such as "
            "`bedrock:us.amazon.nova-pro-v1:0`, or `openai:MODEL` for a server that speaks "
            "OpenAI's API, such as `openai:qwen3` for Ollama."
        )
    # Imported here because the model library takes longer to import than all the rest.
    providers = import_module("console.agent.model.providers")
    steps = import_module("console.agent.model.steps")
    try:
        provider = (
            providers.Bedrock(model_name, base_url, patience.longest_silence, client)
            if kind == "bedrock"
            else providers.OpenAICompatible(
                model_name,
                _address(base_url or DEFAULT_BASE_URL),
                api_key,
                patience.longest_silence,
            )
        )
    except NoRegionError:
        raise ConsoleError(
            "Bedrock needs a region: set AWS_DEFAULT_REGION, or a region in the profile in use."
        ) from None
    brain: Brain = steps.ModelBrain(provider, operations=operations, clock=clock, patience=patience)
    return brain


def _address(base_url: str) -> str:
    """Return the address of a server if it is one. Raises ConsoleError."""
    try:
        parts = urlsplit(base_url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise ConsoleError(
            f"`{base_url}` is not the address of a model server. Write one such as "
            f"`{DEFAULT_BASE_URL}`."
        )
    return base_url
