"""Where the model runs, and how a streamed request to it is opened."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from ipaddress import ip_address
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import boto3
import httpx2
from botocore.config import Config
from openai import AsyncOpenAI
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models import ModelRequestParameters, StreamedResponse
from pydantic_ai.models.bedrock import BedrockConverseModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.bedrock import BedrockProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings

_CONNECT_SECONDS: Final = 5
_RETRIES: Final = 1
"""Asking a model again is harmless: nothing was done yet."""

_PROFILE: Final = OpenAIModelProfile(
    openai_supports_strict_tool_definition=False,
    openai_chat_supports_multiple_system_messages=False,
)
"""What no compatible server is without."""


class Provider(Protocol):
    """A model that can be asked."""

    @property
    def model_name(self) -> str:
        """What the provider calls the model."""
        ...

    @property
    def place(self) -> str:
        """Where it is, for a person; without secrets."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown, wherever it turns up."""
        ...

    def open(
        self, messages: Sequence[ModelMessage], parameters: ModelRequestParameters
    ) -> AbstractAsyncContextManager[StreamedResponse]:
        """Send a request and give its answer while it arrives."""
        ...


class Bedrock:
    """A model of Amazon Bedrock, by Converse."""

    secrets = ()

    def __init__(
        self, model_name: str, endpoint_url: str | None, silence_seconds: float, client: Any
    ) -> None:
        self.model_name = model_name
        # A session of its own: the default one cannot make clients in two threads at a time.
        self._client = client or boto3.Session().client(
            "bedrock-runtime",
            endpoint_url=endpoint_url,
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=silence_seconds,
                retries={"mode": "standard", "total_max_attempts": 1 + _RETRIES},
            ),
        )
        self._model = BedrockConverseModel(
            model_name, provider=BedrockProvider(bedrock_client=self._client)
        )

    @property
    def place(self) -> str:
        """The endpoint of the region."""
        return f"Amazon Bedrock ({_shown(self._client.meta.endpoint_url)})"

    def open(
        self, messages: Sequence[ModelMessage], parameters: ModelRequestParameters
    ) -> AbstractAsyncContextManager[StreamedResponse]:
        """Send a request by `ConverseStream`; models that can keep what repeats are told to."""
        return model_request_stream(
            self._model,
            messages,
            model_settings=ModelSettings(cache=True),
            model_request_parameters=parameters,
        )


class OpenAICompatible:
    """A model on a server with OpenAI's chat completions."""

    def __init__(
        self, model_name: str, base_url: str, api_key: str | None, silence_seconds: float
    ) -> None:
        self.model_name = model_name
        self.place = _shown(base_url)
        self.secrets = (api_key,) if api_key else ()
        self._base_url = base_url
        self._api_key = api_key or "none"  # the client insists on a key, and local servers do not
        self._timeout = httpx2.Timeout(silence_seconds, connect=_CONNECT_SECONDS)

    @asynccontextmanager
    async def open(
        self, messages: Sequence[ModelMessage], parameters: ModelRequestParameters
    ) -> AsyncGenerator[StreamedResponse]:
        """Send a request on a connection of its own: each step runs in its own event loop."""
        async with httpx2.AsyncClient(
            timeout=self._timeout,
            # The proxy of the environment leads out of this machine, never back to it.
            trust_env=not _is_here(self._base_url),
        ) as http:
            client = AsyncOpenAI(
                base_url=self._base_url,
                api_key=self._api_key,
                max_retries=_RETRIES,
                http_client=http,
            )
            model = OpenAIChatModel(
                self.model_name,
                provider=OpenAICompatibleProvider("server", openai_client=client, profile=_PROFILE),
            )
            async with model_request_stream(
                model, messages, model_request_parameters=parameters
            ) as stream:
                yield stream


def _shown(url: str) -> str:
    """Return an address without a user, a password or a query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
